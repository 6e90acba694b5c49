import type { Database } from "../adapters/db/database";
import { PrismaGoalStore } from "../adapters/db/goals/prisma-goal-store";
import { systemIds } from "../adapters/db/new-id";
import { PrismaNodeRecords } from "../adapters/db/wallets/prisma-node-records";
import { computeOdds } from "../adapters/process/compute-odds";
import type { LiveAgentService } from "../agents";
import { systemScope } from "../auth/scope";
import { CapitalService, GoalKeeper, type GoalPorts, GoalService } from "../goals";
import type { Clocks } from "../shared";
import type { MoneyMover } from "../wallets";

/** Goals over the database: what people do with them, what checks them, and who gets capital by them. */
export function composeGoals(parts: {
  readonly db: Database;
  readonly money: MoneyMover;
  readonly agents: Pick<LiveAgentService, "stop" | "mitigate">;
  readonly clocks: Clocks;
}) {
  const { db, money, agents, clocks } = parts;
  const ports: GoalPorts = {
    store: new PrismaGoalStore(db),
    records: new PrismaNodeRecords(db),
    money,
    agents: {
      stop: async (scope, agentId) => void (await agents.stop(scope, agentId)),
      flatten: (scope, agentId, reason, key) => agents.mitigate(scope, { agentId, steps: ["flatten"], reason, key }),
    },
    compute: computeOdds(),
    clocks,
    scopeOf: systemScope,
  };
  const keeper = new GoalKeeper(ports);
  const service = new GoalService({ ...ports, ids: systemIds });
  const capital = new CapitalService({ ...ports, ids: systemIds });
  return { ports, service, capital, checks: { check: () => keeper.check(), propose: () => keeper.propose(capital) } };
}
