import type { Fixed, TenantScope } from "@/server/shared";

/** Capital that the goals ask for, for the rebalancing policy "by goal". */
export interface GoalDemands {
  /** One entry a node that has an active goal: money it wants (base currency) and the goal's priority (1 = first). */
  demands(scope: TenantScope, rootNodeId: string): Promise<Readonly<Record<string, { readonly wanted: Fixed; readonly priority: number }>>>;
}
