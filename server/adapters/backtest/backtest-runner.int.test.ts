import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { prismaBacktestTrials } from "@/server/adapters/db/evidence/prisma-backtest-trials";
import { PrismaBacktestQueue } from "@/server/adapters/db/prisma-backtest-queue";
import { PrismaBacktestStore } from "@/server/adapters/db/prisma-backtest-store";
import { PrismaUserRepository } from "@/server/adapters/db/prisma-user-repository";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import { systemScope } from "@/server/auth/scope";
import type { BacktestSpec, JobResult, JobSpec } from "@/server/backtest";
import { DEFAULT_COSTS } from "@/server/backtest";
import { INTERVAL_MS } from "@/server/market";
import type { TenantScope } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { DEFAULT_FEES, instrumentFor } from "@/server/trading";
import { BacktestRunner } from "./backtest-runner";
import { startWorker } from "./start-worker";

const HOUR = INTERVAL_MS["1h"];
const FROM = Date.UTC(2025, 0, 1);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "backtest-worker-"));
const file = path.join(folder, "backtest-worker.mjs");

beforeAll(async () => {
  await build({
    entryPoints: [path.resolve("server/adapters/backtest/backtest-worker.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "esm",
    tsconfig: path.resolve("tsconfig.json"),
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
    logLevel: "error",
  });
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const base = (over: Partial<BacktestSpec> = {}): BacktestSpec => ({
  version: 1,
  engine: "event",
  interval: "1h",
  from: FROM,
  to: FROM + 600 * HOUR,
  capital: "10000",
  agents: ["BTC/USDT", "ETH/USDT"].map((symbol) => ({
    name: symbol,
    symbols: [symbol],
    ruleSet: "trend-follow",
    params: { fast: 5, slow: 20 },
    capital: null,
    limits: {},
  })),
  costs: DEFAULT_COSTS,
  draws: 20,
  seed: 1,
  ...over,
});
const single = (over: Partial<BacktestSpec> = {}): JobSpec => ({ kind: "single", spec: base(over) });
const sweep = (): JobSpec => ({
  kind: "sweep",
  spec: {
    version: 1,
    base: base({ agents: base().agents.slice(0, 1) }),
    axes: [
      { param: "fast", values: [3, 4, 5, 6, 7, 8, 9, 30] },
      { param: "slow", values: [20, 25, 30, 35, 40, 45, 50, 55] },
    ],
  },
});

describeDatabase("backtest jobs", (open) => {
  let db: Database;
  let scope: TenantScope;
  let store: PrismaBacktestStore;
  let queue: PrismaBacktestQueue;
  const runners: BacktestRunner[] = [];
  const now = () => Date.now();

  // The tables are emptied before each test.
  beforeEach(async () => {
    db = await open();
    store = new PrismaBacktestStore(db);
    queue = new PrismaBacktestQueue(db);
    const { workspaceId } = await new PrismaUserRepository(db).signIn({
      address: `0x${randomUUID().replaceAll("-", "").padEnd(40, "0")}`,
      isDemo: false,
      marketNow: FROM,
    });
    scope = systemScope(workspaceId);
  });
  afterAll(async () => {
    for (const r of runners) await r.close();
  });

  function runner(over: Partial<ConstructorParameters<typeof BacktestRunner>[0]> = {}): BacktestRunner {
    const made = new BacktestRunner({
      db,
      wall: { now },
      owner: randomUUID(),
      build: "test",
      candlesDir: null,
      seed: 7,
      feedOf: async () => new SimulatedMarketFeed(7),
      instrumentOf: async (_, symbol) => instrumentFor(symbol, null, DEFAULT_FEES),
      onError: (error) => {
        throw error;
      },
      leaseMs: 400,
      start: (job, onMessage) => startWorker(job, onMessage, file),
      ...over,
    });
    runners.push(made);
    return made;
  }
  const insert = (job: JobSpec, name = "test") => store.insert(scope, { name, job, trials: 1 }, now());
  async function until<T>(read: () => Promise<T | null>, ms = 30_000): Promise<T> {
    const end = now() + ms;
    for (;;) {
      const found = await read();
      if (found !== null) return found;
      if (now() > end) throw new Error("waited in vain");
      await new Promise((done) => setTimeout(done, 25));
    }
  }
  const ended = (id: string) =>
    until(async () => {
      const b = await store.get(scope, id);
      return ["done", "failed", "cancelled"].includes(b.status) ? b : null;
    });
  const run = async (job: JobSpec) => {
    const r = runner();
    const id = await insert(job);
    r.start();
    const b = await ended(id);
    await r.close();
    return b;
  };

  it("runs in a worker, tells how far it is, keeps the result and counts the trials", async () => {
    const done = await run(single());
    expect(done).toMatchObject({ status: "done", reason: null, done: 1_200, total: 1_200 });
    expect(done.summary?.trades).toBeGreaterThan(10);
    const result = (await store.part(scope, done.id, "result")) as unknown as Extract<JobResult, { kind: "single" }>["result"];
    expect(result.hash).toBe(done.resultHash);
    expect(result.source.kind).toBe("simulated");
    expect(result.evidence.returns).toHaveLength(600);
    const view = (await store.part(scope, done.id, "view")) as unknown as JobResult;
    expect(view.kind === "single" && view.result.evidence.returns).toEqual([]);
    const trials = await store.trials(scope, { symbols: ["BTC/USDT"], family: "trend-follow" });
    expect(trials.map((t) => [t.backtestId, t.returns])).toEqual([[done.id, 600]]);
    expect((await prismaBacktestTrials(db)(scope)).map((t) => t.source)).toEqual(["backtests", "backtests"]);
    for (const t of await prismaBacktestTrials(db)(scope)) expect([t.periods, Number.isFinite(t.yearlySharpe)]).toEqual([600, true]);
    const told = await db.prisma.event.findMany({ where: { workspaceId: scope.workspaceId, type: "backtest/changed" } });
    expect(new Set(told.map((e) => (e.data as { status: string }).status))).toEqual(new Set(["queued", "running", "done"]));
    // The very same configuration once more is no new trial.
    const again = await run(single({ engine: "array" }));
    expect(again.resultHash).toBe(done.resultHash);
    expect(await store.trials(scope, { symbols: ["BTC/USDT"], family: "trend-follow" })).toHaveLength(1);
  });

  it("a process that dies in the middle leaves what the next one goes on from, to the same hash", async () => {
    const whole = await run(sweep());
    expect(whole.status).toBe("done");
    const id = await insert(sweep());
    // Dies after the first piece: its worker is gone and nobody keeps its lease.
    const dying = runner({
      owner: "dying",
      start: (job, onMessage) => {
        let gone = false;
        const worker = startWorker(
          job,
          (message) => {
            if (gone) return;
            onMessage(message);
            if (message.type !== "part") return;
            gone = true;
            void worker.stop();
          },
          file,
        );
        return { ended: new Promise(() => {}), stop: worker.stop };
      },
    });
    // What a timer of a dead process would do, it does not do.
    dying.poke();
    await until(async () => ((await queue.kept(id)).length > 0 ? true : null));
    await db.prisma.backtest.update({ where: { id }, data: { owner: "nobody", leaseUntil: new Date(0) } });
    const kept = (await queue.kept(id)).map((p) => p.key);
    expect(kept).toEqual(["points:0"]);
    const later: string[][] = [];
    const next = runner({
      start: (job, onMessage) => {
        later.push(job.parts.map((p) => p.key));
        return startWorker(job, onMessage, file);
      },
    });
    next.start();
    const b = await ended(id);
    expect(b).toMatchObject({ status: "done", resultHash: whole.resultHash });
    expect(later).toEqual([kept]);
    await next.close();
  });

  it("cancels at once, keeps what is finished, and goes on when asked to", async () => {
    const id = await insert(sweep());
    const r = runner();
    r.start();
    await until(async () => ((await queue.kept(id)).length > 0 ? true : null));
    await store.cancel(scope, id, now());
    await r.stop(id);
    const cancelled = await store.get(scope, id);
    expect(cancelled.status === "cancelled" || cancelled.status === "done").toBe(true);
    await expect(store.cancel(scope, id, now())).rejects.toMatchObject({ code: "BACKTEST_ENDED" });
    await store.resume(scope, id);
    r.poke();
    expect(await ended(id)).toMatchObject({ status: "done" });
    await expect(store.resume(scope, id)).rejects.toMatchObject({ code: "BACKTEST_NOT_STOPPED" });
    await store.remove(scope, id);
    await expect(store.get(scope, id)).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect((await store.trials(scope, { symbols: ["BTC/USDT"], family: "trend-follow" })).length).toBeGreaterThan(20);
    await r.close();
  });

  it("fails in words that name what is missing, and when the worker has not been built", async () => {
    const early = await run(single({ from: Date.UTC(1999, 0, 1), to: Date.UTC(1999, 3, 1) }));
    expect(early).toMatchObject({ status: "failed", reasonCode: "NO_BARS" });
    expect(early.reason).toContain("BTC/USDT");
    const r = runner({ start: (job, onMessage) => startWorker(job, onMessage, path.join(folder, "nothing.mjs")) });
    const id = await insert(single());
    r.start();
    expect(await ended(id)).toMatchObject({ status: "failed", reasonCode: "BACKTEST_WORKER_MISSING" });
    await r.close();
  });

  it("keeps its lease while the bars of a venue come in, which no other process then takes up; and stops loading when it is cancelled", async () => {
    let started = 0;
    const slow = (pages: number) => {
      const made = new SimulatedMarketFeed(7);
      return {
        source: { kind: "exchange" as const, label: "a slow venue" },
        symbols: () => made.symbols(),
        price: made.price.bind(made),
        candles: async (query: Parameters<typeof made.candles>[0]) => {
          asked += 1;
          // Longer than a lease, together.
          await new Promise((done) => setTimeout(done, Math.ceil(3_000 / pages)));
          return made.candles(query);
        },
      } as unknown as SimulatedMarketFeed;
    };
    let asked = 0;
    const over = {
      // Renewed in time on a machine that does other things, too.
      leaseMs: 2_000,
      feedOf: async () => slow(2),
      start: (job: Parameters<typeof startWorker>[0], onMessage: Parameters<typeof startWorker>[1]) => {
        started += 1;
        return startWorker(job, onMessage, file);
      },
    };
    const pair = [runner(over), runner(over)];
    const id = await insert(single());
    for (const r of pair) r.start();
    expect(await ended(id)).toMatchObject({ status: "done" });
    expect([started, asked]).toEqual([1, 2]);
    // A long time of bars: a page of it has come when it is cancelled.
    asked = 0;
    const long = await insert(single({ to: FROM + 9_000 * HOUR }));
    for (const r of pair) r.poke();
    await until(async () => (asked > 0 ? true : null));
    await store.cancel(scope, long, now());
    for (const r of pair) await r.stop(long);
    const after = await insert(single());
    for (const r of pair) r.poke();
    expect(await ended(after)).toMatchObject({ status: "done" });
    expect(await store.get(scope, long)).toMatchObject({ status: "cancelled" });
    expect(asked).toBeLessThan(1 + 2 + 2);
    for (const r of pair) await r.close();
  });

  it("one at a time by default, and never twice on two processes", async () => {
    const ids = await Promise.all([1, 2, 3].map((i) => insert(single({ seed: i }))));
    let [busy, most] = [0, 0];
    const started: string[] = [];
    const counted: ConstructorParameters<typeof BacktestRunner>[0]["start"] = (job, onMessage) => {
      busy += 1;
      most = Math.max(most, busy);
      started.push(JSON.stringify((job.job.spec as BacktestSpec).seed));
      const worker = startWorker(job, onMessage, file);
      void worker.ended.then(() => (busy -= 1));
      return worker;
    };
    const pair = [runner({ start: counted, leaseMs: 30_000 }), runner({ start: counted, leaseMs: 30_000 })];
    for (const r of pair) r.start();
    for (const id of ids) expect((await ended(id)).status).toBe("done");
    expect(started.sort()).toEqual(["1", "2", "3"]);
    expect(most).toBeLessThanOrEqual(2);
    for (const r of pair) await r.close();
  });
});

describe("the runner's bundle", () => {
  it("holds no database client and no page", () => {
    const text = fs.readFileSync(file, "utf8");
    expect(text).not.toContain("PrismaClient");
    expect(text.length).toBeLessThan(3_000_000);
  });
});
