import type { Clocks, TenantScope } from "@/server/shared";
import type { MoneyService, NodeRecords } from "@/server/wallets";
import type { ComputeOdds, GoalAgents, GoalStore } from "./ports";

/** What the goals' services are made of. */
export type GoalPorts = {
  readonly store: GoalStore;
  readonly records: NodeRecords;
  readonly money: Pick<MoneyService, "move" | "moveAll">;
  readonly agents: GoalAgents;
  readonly compute: ComputeOdds;
  readonly clocks: Clocks;
  readonly scopeOf: (workspaceId: string) => TenantScope;
};
