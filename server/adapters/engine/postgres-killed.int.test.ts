import { setTimeout as sleep } from "node:timers/promises";
import type { Inngest } from "inngest";
import { afterEach, describe, expect, it } from "vitest";
import { runDecision } from "@/inngest/functions/run-decision";
import { settleDecisions } from "@/inngest/functions/settle-decisions";
import type { Database } from "@/server/adapters/db/database";
import { openDatabase } from "@/server/adapters/db/open-database";
import { PrismaOrderStore } from "@/server/adapters/db/prisma-order-store";
import { eventStream } from "@/server/adapters/events/event-stream";
import { openEventLog } from "@/server/adapters/events/open-event-log";
import { InMemoryPaperAccountStore } from "@/server/adapters/exchanges/paper/in-memory-paper-account-store";
import { PaperExchangeClient } from "@/server/adapters/exchanges/paper/paper-exchange-client";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import type { StoredEvent } from "@/server/events";
import { fixed, HOUR_MS, seededRandom, type TenantScope } from "@/server/shared";
import { findBookErrors } from "@/server/testing/book-errors";
import { engineFixture } from "@/server/testing/engine";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { ResendingOrderStore } from "@/server/testing/naive-order-stores";
import { findPostgres, type PostgresCluster, startPostgresCluster } from "@/server/testing/postgres-cluster";
import { rolledModel } from "@/server/testing/rolled-model";
import { seedWorkspace } from "@/server/testing/seed-workspace";

const bin = findPostgres();
const START = Date.UTC(2026, 10, 2);
const AGENTS = 3;
const HOURS = Number(process.env.POSTGRES_KILLS_HOURS ?? "2");
const SEED = Number(process.env.POSTGRES_KILLS_SEED ?? "1");
const BLOWS = ["immediate", "kill", "terminate", "backend"] as const;
type Blow = (typeof BLOWS)[number];

describe.skipIf(!bin)(`Postgres that is killed under load${bin ? "" : " [skipped: no initdb and postgres found]"}`, () => {
  const opened: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const o of opened.splice(0).reverse()) await o.stop();
  });

  async function start(settings: readonly string[] = []) {
    const cluster = await startPostgresCluster(bin ?? "", { durable: true, settings });
    const db = await openDatabase({ databaseUrl: cluster.url("postgres") });
    opened.push(cluster, { stop: () => db.close() });
    return { cluster, db };
  }

  /** Resolves when the blow has struck; `over` when a server takes connections again. */
  async function strike(cluster: PostgresCluster, db: Database, blow: Blow, downMs: number): Promise<{ over: Promise<void> }> {
    if (blow === "immediate" || blow === "kill") {
      await cluster.crash(blow);
      return { over: sleep(downMs).then(() => cluster.restart()) };
    }
    const others = `FROM pg_stat_activity WHERE application_name = 'memepulse' AND pid <> pg_backend_pid()`;
    // Its own connection may be among those that end.
    if (blow === "terminate") await db.raw.query(`SELECT pg_terminate_backend(pid) ${others}`).catch(() => {});
    else {
      const [victim] = await db.raw.query<{ pid: number }>(`SELECT pid ${others} ORDER BY state, pid LIMIT 1`).catch(() => []);
      if (victim) process.kill(victim.pid, "SIGKILL");
    }
    return { over: Promise.resolve() };
  }

  /** Agents at work through durable functions, with the venue outside, a writer of events and a browser that reads them. */
  async function product(options: { readonly naive: boolean; readonly onPlaced: (count: number) => Promise<void> }) {
    const { cluster, db } = await start();
    const { scope, workspaceId } = await seedWorkspace(db, { dailyModelCap: fixed("1000") });
    const venue = new PaperExchangeClient({ feed: new SimulatedMarketFeed(7), store: new InMemoryPaperAccountStore() });
    const placed: string[] = [];
    const exchange = new Proxy(venue, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        if (name !== "place") return member.bind(target);
        return async (...args: Parameters<typeof venue.place>) => {
          placed.push(args[1].clientOrderId);
          const answer = await target.place(...args);
          await options.onPlaced(placed.length);
          return answer;
        };
      },
    });
    const a = liveAgents(db, {
      start: START,
      exchange,
      model: rolledModel(`${SEED}`),
      orders: options.naive ? new ResendingOrderStore(db) : new PrismaOrderStore(db),
      sleep: (ms) => sleep(Math.min(ms, 50)),
    });
    const limits = { ...TEST_CONFIG.limits, maxDailyLoss: null, maxOrdersPerHour: null };
    const config = { ...TEST_CONFIG, decider: { kind: "model" as const, model: "claude-haiku-4-5" }, dailyModelCap: fixed("1000"), limits };
    const agents: string[] = [];
    for (let i = 0; i < AGENTS; i++) {
      const { agentId } = await a.service.create(scope, { config: { ...config, name: `Agent ${i}` }, capital: fixed("10000") });
      await a.service.start(scope, agentId);
      await a.scheduler.finishTransition(workspaceId, agentId);
      agents.push(agentId);
    }
    // Other functions' parts.
    const vetoes = { measureDue: async () => ({ measured: 0 }) };
    const monitor = { check: async () => ({ workspaces: 0, agents: 0, acted: 0, raised: 0, resolved: 0 }) };
    const goals = { check: async () => ({ workspaces: 0, goals: 0, achieved: 0, missed: 0, moved: 0 }), propose: async () => 0 };
    const wallets = {
      mirrorLeft: async () => ({ told: 0 }),
      goOnRecalls: async () => ({ ended: 0 }),
      goOnRebalances: async () => ({ ended: 0 }),
      rebalanceDue: async () => ({ applied: 0, proposed: 0 }),
    };
    const functions = (client: Inngest) => {
      const due = { wallAt: () => 0, tickStartsWithin: "50s" as const, expire: async () => 0 };
      const runtime = { client, turns: a.runner, scheduler: a.scheduler, ...due, vetoes, monitor, goals, wallets };
      return [runDecision(runtime), settleDecisions(runtime)];
    };
    const engine = engineFixture(db, functions, { leaseMs: 800 });
    await engine.start();
    opened.push(engine.engine);
    return { ...a, cluster, db, scope, workspaceId, agents, venue, placed, engine };
  }
  type Product = Awaited<ReturnType<typeof product>>;

  /** An hour of all agents; asks for each turn until the event is accepted: what is accepted must then be done. */
  async function hour(p: Product, at: number, timeout = 60_000): Promise<void> {
    p.clock.time = at;
    const data = { workspaceId: p.workspaceId, tickId: `s:${at}`, at, trigger: { kind: "schedule" as const }, wallAt: 0 };
    for (const agentId of p.agents) {
      await insist(() => p.engine.engine.send([{ id: `${agentId}:${at}`, name: "agent/turn.requested", data: { ...data, agentId } }]));
    }
    await expect
      .poll(
        async () => {
          const turns = await p.db.prisma.turn.findMany({ where: { at: new Date(at) }, select: { phase: true } }).catch(() => []);
          return turns.filter((t) => ["executing", "settled", "failed", "skipped"].includes(t.phase)).length;
        },
        { timeout, interval: 50 },
      )
      .toBe(AGENTS);
  }

  async function examine(p: Product) {
    const unbooked: string[] = [];
    for (const agentId of p.agents) {
      await p.venue.advanceTo(agentId, p.clock.time);
      for (const e of await p.venue.executions(agentId, 0)) {
        const fills = await p.db.prisma.fill.findMany({ where: { agentId, executionId: e.executionId } });
        const [fill] = fills;
        const postings = fill?.transactionId ? await p.db.prisma.posting.count({ where: { transactionId: fill.transactionId } }) : 0;
        if (fills.length !== 1 || fill?.orderId !== e.clientOrderId || postings < 4) unbooked.push(e.executionId);
      }
    }
    return {
      duplicates: p.placed.length - new Set(p.placed).size,
      unbooked,
      wrongBooks: await findBookErrors(p.db, p.workspaceId),
      sending: await p.db.prisma.order.count({ where: { status: { in: ["sending", "intended"] } } }),
      openRuns: (await p.engine.runs()).filter((r) => r.status === "running").length,
      failedRuns: (await p.engine.runs()).filter((r) => r.status === "failed").length,
    };
  }

  it("loses nothing acknowledged, sends and books nothing twice, and goes on by itself", { timeout: 180_000 }, async () => {
    const random = seededRandom(SEED);
    const blows: Blow[] = [];
    let quiet: Promise<void> = Promise.resolve();
    /** One blow after the other; resolves when it has struck. */
    const hit = (blow: Blow): Promise<void> => {
      const struck = quiet.then(() => strike(p.cluster, p.db, blow, 50 + random() * 400));
      quiet = struck.then(({ over }) => over).then(() => void blows.push(blow));
      return struck.then(() => {});
    };
    // Some at the worst moment, between the venue's answer and its being written down; the others when they come.
    const p: Product = await product({ naive: false, onPlaced: async (n) => (n % 5 === 2 ? hit(n % 2 === 0 ? "immediate" : "kill") : undefined) });
    const events = await openEventLog(p.db);
    opened.push({ stop: () => events.close() });
    let over = false;
    const acknowledged: string[] = [];
    const writer = (async () => {
      for (let i = 0; !over; i++) {
        const written = events.log.append(p.scope, [{ type: "wallet/changed", data: { nodeId: `w${i}` } }]);
        await written.then(
          () => acknowledged.push(`w${i}`),
          () => sleep(20),
        );
        await sleep(5);
      }
    })();
    const seen: StoredEvent[] = [];
    const browser = browse(events.log, p.scope, seen);
    const chaos = (async () => {
      for (let i = 0; i < HOURS * 4 && !over; i++) {
        await sleep(300 + random() * 700);
        if (!over) await hit(BLOWS[i % BLOWS.length] as Blow);
      }
    })();
    for (let h = 1; h <= HOURS; h++) await hour(p, START + h * HOUR_MS);
    await chaos;
    over = true;
    await writer;
    await quiet;
    p.clock.time += 3 * HOUR_MS;
    await expect
      .poll(async () => (await p.engine.runs()).filter((r) => r.status === "running" && r.functionId.endsWith("run-decision")).length, {
        timeout: 30_000,
      })
      .toBe(0);
    // What no run of its own took up, as the sweep does every minute.
    // A connection that the last blow broke may be found so only now: the sweep would simply come again.
    for (const request of await insist(() => p.runner.abandoned(100))) await insist(() => p.runner.run(request));
    await insist(() => p.runner.settleDue());
    const report = await examine(p);
    const { newest } = await events.log.read(p.scope, 0, 1);
    await expect.poll(() => seen.at(-1)?.seq ?? 0, { timeout: 10_000 }).toBeGreaterThanOrEqual(newest);
    await browser.close();
    console.log(
      `killed ${blows.length} times (${BLOWS.map((b) => `${b} ${blows.filter((x) => x === b).length}`).join(", ")}); ` +
        `${p.placed.length} orders, ${seen.length} events, ${acknowledged.length} acknowledged writes`,
    );
    expect(new Set(blows).size).toBe(BLOWS.length);
    expect(p.placed.length).toBeGreaterThan(0);
    expect(report).toEqual({ duplicates: 0, unbooked: [], wrongBooks: [], sending: 0, openRuns: 0, failedRuns: 0 });
    expect(seen.map((e) => e.seq)).toEqual(Array.from({ length: seen.length }, (_, i) => i + 1));
    const written = seen
      .flatMap((e) => (e.type === "wallet/changed" ? [(e.data as { nodeId: string }).nodeId] : []))
      .filter((w) => w.startsWith("w"));
    expect(new Set(written).size).toBe(written.length);
    expect(acknowledged.filter((w) => !written.includes(w))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThan(20);
  });

  it("control: a store that sends again what was being sent makes duplicates, and this harness sees them", { timeout: 60_000 }, async () => {
    let over: Promise<void> = Promise.resolve();
    const p: Product = await product({
      naive: true,
      onPlaced: async (n) => {
        if (n === 1) ({ over } = await strike(p.cluster, p.db, "immediate", 200));
      },
    });
    const duplicates = (): number => p.placed.length - new Set(p.placed).size;
    const working = (async () => {
      for (let h = 1; h <= 4 && duplicates() === 0; h++) await hour(p, START + h * HOUR_MS, 5000).catch(() => {});
    })();
    await expect.poll(duplicates, { timeout: 30_000 }).toBeGreaterThan(0);
    await over;
    await working;
  });

  it("control: a server that acknowledges before it has written loses what it acknowledged, and this harness sees it", async () => {
    const { cluster, db } = await start(["synchronous_commit=off", "wal_writer_delay=10000", "checkpoint_timeout=1h"]);
    const { workspaceId } = await seedWorkspace(db);
    await db.raw.exec("CHECKPOINT");
    await db.prisma.workspace.update({ where: { id: workspaceId }, data: { name: "Acknowledged" } });
    await (await strike(cluster, db, "immediate", 0)).over;
    await expect
      .poll(() => db.prisma.workspace.findUnique({ where: { id: workspaceId } }).catch(() => null), { timeout: 10_000 })
      .toMatchObject({ name: "Test" });
  });
});

async function insist<T>(run: () => Promise<T>): Promise<T> {
  for (let i = 0; ; i++) {
    try {
      return await run();
    } catch (error) {
      if (i === 200) throw error;
      await sleep(50);
    }
  }
}

/** As the page does: reads the stream, and connects again after what it last saw. */
function browse(reader: Parameters<typeof eventStream>[0]["reader"], scope: TenantScope, seen: StoredEvent[]): { close(): Promise<void> } {
  let closed = false;
  let page = new AbortController();
  const connect = async (): Promise<void> => {
    page = new AbortController();
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of eventStream({ reader, scope, after: seen.at(-1)?.seq ?? 0, signal: page.signal })) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split("\n\n");
      text = blocks.pop() ?? "";
      for (const block of blocks) {
        const data = /^data: (.*)$/m.exec(block)?.[1];
        if (data && !/^event: (?!message)/m.test(block)) seen.push(JSON.parse(data) as StoredEvent);
      }
    }
  };
  const reading = (async () => {
    while (!closed) {
      // When the database is gone, the stream breaks off.
      await connect().catch(() => {});
      await sleep(50);
    }
  })();
  return {
    async close() {
      closed = true;
      page.abort();
      await reading;
    },
  };
}
