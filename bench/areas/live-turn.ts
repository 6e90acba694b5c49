import pg from "pg";
import type { Database } from "@/server/adapters/db/database";
import { openDatabase } from "@/server/adapters/db/open-database";
import { PaperExchangeClient } from "@/server/adapters/exchanges/paper/paper-exchange-client";
import { PrismaPaperAccountStore } from "@/server/adapters/exchanges/paper/prisma-paper-account-store";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import { type CrashPoint, turnCode } from "@/server/agents";
import { fixed, HOUR_MS } from "@/server/shared";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { findPostgres, startPostgresCluster } from "@/server/testing/postgres-cluster";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { type Area, type Figure, percentile } from "../measure";

const START = Date.UTC(2026, 10, 2);
type Samples = { readonly turns: number[]; readonly acknowledged: number[] };

/** Whole turns with one order each, books and venue in the database: every agent decides once an hour of market time, `rounds` times. */
async function run(db: Database, agents: number, rounds: number): Promise<Samples> {
  const { scope, workspaceId } = await seedWorkspace(db);
  const acknowledged: number[] = [];
  let committed = 0;
  const hit = async (point: CrashPoint): Promise<void> => {
    if (point === "after-commit") committed = performance.now();
    if (point === "after-send") acknowledged.push(performance.now() - committed);
  };
  const exchange = new PaperExchangeClient({ feed: new SimulatedMarketFeed(7), store: new PrismaPaperAccountStore(db) });
  const code = { ...turnCode("bench"), decideByRules: decides({ action: "buy", size: { unit: "quote", amount: "10" } }) };
  const live = liveAgents(db, { start: START, exchange, code, points: { hit } });
  const ids: string[] = [];
  for (let i = 0; i < agents; i++)
    ids.push(
      (
        await live.service.create(scope, {
          config: { ...TEST_CONFIG, name: `Agent ${i}`, limits: { ...TEST_CONFIG.limits, maxOrdersPerHour: null } },
          capital: fixed("100"),
        })
      ).agentId,
    );
  const turns: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    live.clock.time += HOUR_MS;
    for (const agentId of ids) {
      const key = `${round}`;
      const began = performance.now();
      await live.runner.run({
        workspaceId,
        agentId,
        tickId: `m:${key}`,
        at: live.clock.time,
        trigger: { kind: "manual", eventId: key, actorId: "bench" },
      });
      // The first round warms the code up.
      if (round > 0) turns.push(performance.now() - began);
    }
  }
  return { turns, acknowledged: acknowledged.slice(agents) };
}

/** One turn without a model, from claim to booked fill; and the part of it from the commit to the venue's acknowledgement. */
export const liveTurn: Area = {
  name: "live-turn",
  async measure(brief) {
    const figures: Figure[] = [];
    const measure = async (label: string, budget: number, open: (name: string) => Promise<Database>): Promise<void> => {
      for (const agents of brief ? [5] : [5, 50, 200]) {
        const db = await open(`agents_${agents}`);
        try {
          const { turns, acknowledged } = await run(db, agents, brief ? 10 : Math.max(4, Math.ceil(200 / agents)));
          const what = `${label}, ${agents} agents, ${turns.length} turns`;
          figures.push({ area: "live-turn", what: `${what}, p50`, value: percentile(turns, 0.5), unit: "ms" });
          figures.push({ area: "live-turn", what: `${what}, p99`, value: percentile(turns, 0.99), unit: "ms", budget, better: "less" });
          if (agents === 5)
            figures.push({
              area: "live-turn",
              what: `${label}, decision committed → order acknowledged by the paper venue, p99`,
              value: percentile(acknowledged, 0.99),
              unit: "ms",
              budget: 50,
              better: "less",
            });
        } finally {
          await db.close();
        }
      }
    };
    await measure("PGlite", 60, () => openDatabase());
    const bin = findPostgres();
    if (!bin) return figures;
    const cluster = await startPostgresCluster(bin);
    try {
      await measure("Postgres", 25, async (name) => {
        const admin = new pg.Client({ connectionString: cluster.url("postgres") });
        await admin.connect();
        await admin.query(`CREATE DATABASE ${name}`);
        await admin.end();
        return openDatabase({ databaseUrl: cluster.url(name) });
      });
    } finally {
      await cluster.stop();
    }
    return figures;
  },
};
