import type { Goal, OnAchieved } from "@/server/goals";
import { DAY_MS, type Fixed, fixed } from "@/server/shared";
import type { RecordPoint } from "@/server/wallets";

/** 2026-03-02, a Monday. */
export const GOAL_START = Date.UTC(2026, 2, 2);

export const NO_ACTION: OnAchieved = {
  after: "continue",
  raisePercent: null,
  collect: "none",
  collectPercent: null,
  collectTo: null,
  closeFirst: false,
};

/** A goal for tests: profit of 100 USDT in 30 days unless told otherwise. */
export function makeGoal(over: Partial<Goal> = {}): Goal {
  const target = over.target ?? fixed("100");
  return {
    id: "goal-1",
    workspaceId: "workspace-1",
    nodeId: "node-1",
    nodeKind: "agent",
    kind: "profit",
    unit: "quote",
    period: null,
    deadline: GOAL_START + 30 * DAY_MS,
    priority: 3,
    onAchieved: NO_ACTION,
    trim: false,
    adaptive: false,
    mayApply: false,
    status: "active",
    version: 1,
    createdAt: GOAL_START,
    startAt: GOAL_START,
    startEquity: fixed("1000"),
    userTarget: target,
    statusReason: null,
    ...over,
    target,
  };
}

/** A record with these equities, a step apart, from GOAL_START on. */
export const recordOf = (
  equities: readonly (string | number)[],
  stepMs: number,
  flows: Readonly<Record<number, string>> = {},
): readonly RecordPoint[] =>
  equities.map((e, i) => ({
    at: GOAL_START + i * stepMs,
    equity: fixed(typeof e === "number" ? e.toFixed(8) : e),
    flow: fixed(flows[i] ?? "0") as Fixed,
  }));
