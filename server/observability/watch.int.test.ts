import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { openEventLog } from "@/server/adapters/events/open-event-log";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import { handleEvents } from "@/server/api/handle-events";
import { apiFixture } from "@/server/testing/api";
import { describeDatabase } from "@/server/testing/database";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { collectGauges } from "./collect-gauges";
import { countStream } from "./count-api";
import { createMetrics } from "./metrics";
import { watchDatabase } from "./watch-database";

const NOW = Date.UTC(2026, 10, 21, 12);
const clocks = { wall: { now: () => NOW }, market: { now: () => NOW } };
const lineOf = async (m: ReturnType<typeof createMetrics>, name: string) =>
  (await m.registry.metrics()).split("\n").filter((l) => l.startsWith(`${name}{`) || l.startsWith(`${name} `));

describeDatabase("what is asked when the metrics are read", (db) => {
  const feed = new SimulatedMarketFeed(7);
  const ask = async (over: Partial<Parameters<typeof collectGauges>[1]> = {}) => {
    const metrics = createMetrics();
    const errors: unknown[] = [];
    await collectGauges(metrics, { db: db(), feed, clocks, embedded: true, onError: (e) => errors.push(e), ...over });
    return { metrics, errors };
  };

  it("shows jobs by state and how long the oldest has waited", async () => {
    const job = (dueIn: number, leaseIn: number | null) => ({
      id: randomUUID(),
      runId: randomUUID(),
      functionId: "f",
      stepId: "step",
      dueAt: new Date(NOW + dueIn),
      rank: new Date(NOW + dueIn),
      // By the clock of the database, which is not the one of this process.
      leaseUntil: leaseIn === null ? null : new Date(Date.now() + leaseIn),
      concurrency: [],
    });
    await db().prisma.engineJob.createMany({ data: [job(-7_500, null), job(-90_000, 60_000), job(-3_000, -60_000), job(60_000, null)] });
    const { metrics } = await ask();
    expect(await lineOf(metrics, "memepulse_engine_jobs")).toEqual([
      'memepulse_engine_jobs{state="due"} 2',
      'memepulse_engine_jobs{state="running"} 1',
      'memepulse_engine_jobs{state="planned"} 1',
    ]);
    expect(await lineOf(metrics, "memepulse_engine_lag_seconds")).toEqual(["memepulse_engine_lag_seconds 7.5"]);
  });

  it("shows events that wait for their place, and how old prices are", async () => {
    const { workspaceId } = await seedWorkspace(db());
    await db().prisma.event.deleteMany();
    const event = (age: number, seq: bigint | null) => ({
      id: randomUUID(),
      workspaceId,
      seq,
      type: "workspace/x.happened",
      data: {},
      at: new Date(NOW - age),
    });
    await db().prisma.event.createMany({ data: [event(4_000, null), event(2_000, null), event(60_000, 1n)] });
    const { metrics } = await ask();
    expect(await lineOf(metrics, "memepulse_events_unsequenced")).toEqual(["memepulse_events_unsequenced 2"]);
    expect(await lineOf(metrics, "memepulse_event_sequencer_lag_seconds")).toEqual(["memepulse_event_sequencer_lag_seconds 4"]);
    expect(await lineOf(metrics, "memepulse_market_price_age_seconds")).toHaveLength(feed.symbols().length);
  });

  it("tells the rest when one part cannot be asked", async () => {
    const broken = new Proxy(feed, {
      get: (target, name) => (name === "price" ? () => Promise.reject(new Error("no market")) : Reflect.get(target, name, target).bind(target)),
    });
    const { metrics, errors } = await ask({ feed: broken });
    expect(errors).toHaveLength(1);
    expect(await lineOf(metrics, "memepulse_scrape_failures_total")).toEqual(['memepulse_scrape_failures_total{part="market"} 1']);
    expect(await lineOf(metrics, "memepulse_engine_jobs")).toHaveLength(3);
  });

  it("counts statements and transactions of either client, answered or refused", async () => {
    const metrics = createMetrics();
    const watched = watchDatabase(db(), metrics);
    await watched.prisma.event.count();
    await watched.raw.query("SELECT 1");
    await watched.transaction(async (tx) => void (await tx.setting.create({ data: { key: "k", value: {} } })));
    await expect(watched.raw.transaction((tx) => tx.query("SELECT 1 / 0"))).rejects.toThrow();
    const counts = (await metrics.registry.metrics()).split("\n").filter((l) => /^memepulse_database_\w+_count/.test(l));
    expect(counts.sort()).toEqual([
      'memepulse_database_statement_duration_seconds_count{kind="insert"} 1',
      'memepulse_database_statement_duration_seconds_count{kind="select"} 3',
      'memepulse_database_transaction_duration_seconds_count{outcome="committed"} 1',
      'memepulse_database_transaction_duration_seconds_count{outcome="failed"} 1',
    ]);
  });

  it("counts a stream while it is open", async () => {
    const metrics = createMetrics();
    const api = apiFixture(db());
    const { headers } = await api.person();
    const events = await openEventLog(db());
    try {
      const ends: AbortController[] = [];
      const open = async () => {
        const end = new AbortController();
        ends.push(end);
        return handleEvents(new Request("http://127.0.0.1/api/events", { headers, signal: end.signal }), {
          auth: api.auth,
          reader: events.log,
          opened: () => countStream(metrics),
        });
      };
      const [one] = [await open(), await open()];
      expect(await lineOf(metrics, "memepulse_event_streams_open")).toEqual(["memepulse_event_streams_open 2"]);
      ends[1]?.abort();
      ends[1]?.abort();
      expect(await lineOf(metrics, "memepulse_event_streams_open")).toEqual(["memepulse_event_streams_open 1"]);
      await one?.body?.cancel();
      expect(await lineOf(metrics, "memepulse_event_streams_open")).toEqual(["memepulse_event_streams_open 0"]);
    } finally {
      await events.close();
    }
  });
});
