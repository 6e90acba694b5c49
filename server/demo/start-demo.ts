import path from "node:path";
import { Worker } from "node:worker_threads";
import { PrismaAgentStore } from "@/server/adapters/db/prisma-agent-store";
import { PrismaUserRepository } from "@/server/adapters/db/prisma-user-repository";
import { PrismaPaperAccountStore } from "@/server/adapters/exchanges/paper/prisma-paper-account-store";
import type { TreasuryRef } from "@/server/agents";
import { DEMO_ADDRESS } from "@/server/auth/auth-service";
import { systemScope } from "@/server/auth/scope";
import { buildId } from "@/server/build-id";
import type { Container } from "@/server/container";
import { HISTORY_DAYS } from "@/server/market-source";
import { DAY_MS, DomainError, HOUR_MS, type TenantScope } from "@/server/shared";
import { type DemoAgent, demoAgents } from "./demo-agents";
import { demoGoals } from "./demo-goals";
import { demoWallets } from "./demo-wallets";
import type { HistoryRows } from "./history-rows";
import type { HistoryJob } from "./history-worker";
import { importHistory } from "./import-history";

const DONE = "demo-imported";
const SPAN = "demo-import-span";

/** Makes the demo trader at the first start: four agents whose last two weeks are really run, then live. Idempotent. */
export async function startDemo(c: Container): Promise<void> {
  if (await c.db.prisma.setting.findUnique({ where: { key: DONE } })) return;
  const began = c.clocks.wall.now();
  const { from, to } = await historySpan(c);
  const { workspaceId } = await new PrismaUserRepository(c.db).signIn({ address: DEMO_ADDRESS, isDemo: true, marketNow: from });
  const scope = systemScope(workspaceId);
  const agents = demoAgents(c.market.feed);
  const progress = importProgress(c, scope, agents.length * HISTORY_DAYS * 24);
  await progress.add(0);
  const treasury = await new PrismaAgentStore(c.db).treasury(scope);
  const farmOf = await demoWallets(c.db, scope, treasury, agents, { at: from, wallAt: began });
  // Two at a time: one computes while the other is written.
  const pending = agents.map((agent) => () => addAgent(c, scope, agent, farmOf(agent.farm), { from, to }, progress.add));
  await Promise.all(
    [0, 1].map(async (lane) => {
      for (let i = lane; i < pending.length; i += 2) await pending[i]?.();
    }),
  );
  await demoGoals(c, scope);
  await c.db.prisma.setting.upsert({ where: { key: DONE }, create: { key: DONE, value: { workspaceId, at: c.clocks.wall.now() } }, update: {} });
  await progress.finish();
  c.log.info({ ms: c.clocks.wall.now() - began, agents: agents.length }, "demo history imported");
}

/**
 * The two weeks (market ms) that are run, fixed by the first start: one that takes up where another died must run the very same history,
 * or rows of two different ones would be mixed.
 */
async function historySpan(c: Container): Promise<{ from: number; to: number }> {
  // One ms past the hour: the hour's own tick is history too. Live planning begins after it, so it would be nobody's.
  const to = Math.floor(c.clocks.market.now() / HOUR_MS) * HOUR_MS + 1;
  const stored = await c.db.prisma.setting.upsert({
    where: { key: SPAN },
    create: { key: SPAN, value: { from: to - HISTORY_DAYS * DAY_MS, to } },
    update: {},
  });
  return stored.value as { from: number; to: number };
}

async function addAgent(
  c: Container,
  scope: TenantScope,
  demo: DemoAgent,
  farm: TreasuryRef,
  span: { from: number; to: number },
  onTurns: (n: number) => Promise<void>,
): Promise<void> {
  const store = new PrismaAgentStore(c.db);
  const known = (await store.list(scope)).find((a) => a.config.name === demo.config.name);
  // A start that died in the middle left the agent but not all of its history: rows that are there are passed over.
  const agent = known ?? (await store.insert(scope, { config: demo.config, capital: demo.capital, treasury: farm, at: span.from }));
  const rows = await runHistory({
    agent: {
      id: agent.id,
      workspaceId: agent.workspaceId,
      nodeId: agent.nodeId,
      // Not the stored one: it may be the live configuration already when an earlier start died late.
      config: demo.config,
      configVersion: 1,
      currency: agent.baseCurrency,
    },
    capital: demo.capital,
    candlesDir: c.env.MARKET_CANDLES_DIR ? path.resolve(/*turbopackIgnore: true*/ c.env.MARKET_CANDLES_DIR) : null,
    seed: c.env.MARKET_SEED,
    ...span,
    build: buildId(),
  });
  await importHistory(c.db, new PrismaPaperAccountStore(c.db), agent, rows, buildId(), onTurns);
  if (demo.live && agent.configVersion === 1)
    await c.services.agents.update(scope, { agentId: agent.id, expectedVersion: 1, config: { ...agent.config, ...demo.live } });
  if (agent.status === "stopped") await c.services.agents.start(scope, agent.id);
}

/** Runs a history in a worker thread: two weeks of decisions would hold up the server's event loop. */
function runHistory(job: HistoryJob): Promise<HistoryRows> {
  const file = path.join(/*turbopackIgnore: true*/ process.cwd(), "dist", "history-worker.mjs");
  return new Promise((done, failed) => {
    const worker = new Worker(/*turbopackIgnore: true*/ file, { workerData: job });
    worker.on("message", (message: { type: "progress" } | { type: "done"; rows: HistoryRows }) => {
      if (message.type === "done") done(message.rows);
    });
    worker.on("error", failed);
    worker.on("exit", (code) => failed(new DomainError("HISTORY_FAILED", `the history worker ended with ${code}`, { kind: "internal" })));
  });
}

function importProgress(c: Container, scope: TenantScope, total: number) {
  const key = `demo-import:${scope.workspaceId}`;
  let done = 0;
  return {
    async add(count: number): Promise<void> {
      done += count;
      await c.db.prisma.setting.upsert({ where: { key }, create: { key, value: { done, total } }, update: { value: { done, total } } });
      await c.events.log.append(scope, [{ type: "demo/import.progress", data: { done, total } }]);
    },
    async finish(): Promise<void> {
      await c.db.prisma.setting.deleteMany({ where: { key } });
      await c.events.log.append(scope, [{ type: "demo/import.progress", data: { done: total, total } }]);
    },
  };
}
