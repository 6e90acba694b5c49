import type { Database } from "../adapters/db/database";
import { PrismaGoalStore } from "../adapters/db/goals/prisma-goal-store";
import { systemIds } from "../adapters/db/new-id";
import { PrismaNodeRecords } from "../adapters/db/wallets/prisma-node-records";
import { computeOdds } from "../adapters/process/compute-odds";
import type { AgentStore, LiveAgentService } from "../agents";
import { LiveGoalService } from "../api/services-live/goal-service";
import { systemScope } from "../auth/scope";
import { CapitalService, type ComputeOdds, GoalKeeper, type GoalPorts, GoalService } from "../goals";
import type { BudgetRepository, ModelClient } from "../llm";
import type { MarketFeeds } from "../market";
import type { Clocks } from "../shared";
import type { MoneyService } from "../wallets";

/** Goals over the database: what people do with them, what checks them, and who gets capital by them. */
export function composeGoals(parts: {
  readonly db: Database;
  readonly money: MoneyService;
  readonly agents: Pick<LiveAgentService, "stop" | "close" | "reopen" | "update">;
  readonly agentStore: Pick<AgentStore, "get">;
  readonly feeds: MarketFeeds;
  readonly budget: BudgetRepository;
  readonly model: ModelClient;
  readonly compute?: ComputeOdds;
  readonly clocks: Clocks;
}) {
  const { db, money, agents, clocks } = parts;
  const ports: GoalPorts = {
    store: new PrismaGoalStore(db),
    records: new PrismaNodeRecords(db),
    money,
    agents: {
      stop: async (scope, agentId) => void (await agents.stop(scope, agentId)),
      close: (scope, agentId, id) => agents.close(scope, agentId, id),
      reopen: (scope, agentId, id) => agents.reopen(scope, agentId, id),
    },
    compute: parts.compute ?? computeOdds(),
    clocks,
    scopeOf: systemScope,
  };
  const keeper = new GoalKeeper(ports);
  const service = new GoalService({ ...ports, ids: systemIds });
  const capital = new CapitalService({ ...ports, ids: systemIds });
  const api = new LiveGoalService({
    goals: service,
    capital,
    keeper,
    store: ports.store,
    agents,
    agentStore: parts.agentStore,
    feeds: parts.feeds,
    reader: { budget: parts.budget, model: parts.model, wall: clocks.wall },
    clocks,
  });
  return { ports, api, capital, checks: { check: () => keeper.check(), propose: () => keeper.propose(capital) } };
}
