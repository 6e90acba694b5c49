import os from "node:os";
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

const BRIEF = { cold: 5, warmUp: 50, warm: 50 } as const;
const START = Date.UTC(2026, 10, 2);
/** One turn: how long it took, and how much processor time of this process it used (with PGlite the database's, too). ms. */
type Turn = { readonly wall: number; readonly cpu: number; readonly acknowledged: number };
/** The first turns of a fresh process, and those after that many more: code is compiled, pages and plans are cached. */
type Samples = { readonly cold: readonly Turn[]; readonly warm: readonly Turn[] };

/** Whole turns with one order each, books and venue in the database: the agents decide in turn, each once an hour of market time. */
async function run(db: Database, agents: number, count: { readonly cold: number; readonly warmUp: number; readonly warm: number }): Promise<Samples> {
  const { scope, workspaceId } = await seedWorkspace(db);
  let acknowledged = 0;
  let committed = 0;
  const hit = async (point: CrashPoint): Promise<void> => {
    if (point === "after-commit") committed = performance.now();
    if (point === "after-send") acknowledged = performance.now() - committed;
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
          capital: fixed(String(Math.floor(50_000 / agents))),
        })
      ).agentId,
    );
  const turns: Turn[] = [];
  for (let n = 0; n < count.cold + count.warmUp + count.warm; n++) {
    if (n % agents === 0) live.clock.time += HOUR_MS;
    const key = `${n}`;
    const [began, used] = [performance.now(), process.cpuUsage()];
    await live.runner.run({
      workspaceId,
      agentId: ids[n % agents] as string,
      tickId: `m:${key}`,
      at: live.clock.time,
      trigger: { kind: "manual", eventId: key, actorId: "bench" },
    });
    const wall = performance.now() - began;
    const { user, system } = process.cpuUsage(used);
    turns.push({ wall, cpu: (user + system) / 1000, acknowledged });
  }
  return { cold: turns.slice(0, count.cold), warm: turns.slice(count.cold + count.warmUp) };
}

/** One turn without a model, from claim to booked fill; and the part of it from the commit to the venue's acknowledgement. */
export const liveTurn: Area = {
  name: "live-turn",
  async measure(brief) {
    const load = os.loadavg()[0] ?? 0;
    const figures: Figure[] = [
      { area: "live-turn", what: `load of the machine when it began (${os.cpus().length} processors)`, value: load, unit: "" },
    ];
    const measure = async (label: string, budget: number, open: (name: string) => Promise<Database>): Promise<void> => {
      for (const agents of brief ? [5] : [5, 50, 200]) {
        const db = await open(`agents_${agents}`);
        try {
          const { cold, warm } = await run(db, agents, brief ? BRIEF : { cold: 50, warmUp: Math.max(150, agents), warm: 400 });
          for (const [state, turns] of [
            ["cold", cold],
            ["warm", warm],
          ] as const) {
            const what = `${label}, ${agents} agents, ${turns.length} ${state} turns`;
            const wall = turns.map((t) => t.wall);
            figures.push({ area: "live-turn", what: `${what}, p50`, value: percentile(wall, 0.5), unit: "ms" });
            const judged = state === "warm" ? ({ budget, better: "less" } as const) : {};
            figures.push({ area: "live-turn", what: `${what}, p99`, value: percentile(wall, 0.99), unit: "ms", ...judged });
            const cpu = percentile(
              turns.map((t) => t.cpu),
              0.99,
            );
            figures.push({ area: "live-turn", what: `${what}, processor time of the process, p99`, value: cpu, unit: "ms" });
          }
          if (agents === 5)
            figures.push({
              area: "live-turn",
              what: `${label}, decision committed → order acknowledged by the paper venue, p99`,
              value: percentile(
                warm.map((t) => t.acknowledged),
                0.99,
              ),
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
