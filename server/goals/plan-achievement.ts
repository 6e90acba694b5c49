import { type Fixed, hashId, max, min, sub, ZERO } from "@/server/shared";
import { movable } from "@/server/wallets";
import { collectAmount } from "./collect-amount";
import type { GoalState } from "./goal-state";
import type { Achievement, GoalNode, PlannedMove } from "./ports";
import type { Goal } from "./types";

/** The same goal reached is one achievement, whoever finds it: once a version, or once a period whatever became of the version since. */
export const achievementKey = (goalId: string, version: number, period: number | null): string =>
  period === null ? `goal:${goalId}:${version}` : `goal:${goalId}:p${period}`;

export const achievementId = (goalId: string, version: number, period: number | null): string =>
  hashId("goal-achievement", achievementKey(goalId, version, period));

/** What follows from reaching a goal, before anything is done. `due` of the rule "all" is worked out when it is settled: all that is free then. */
export function planAchievement(goal: Goal, state: GoalState, period: number | null, now: number, collectedBefore: Fixed): Achievement {
  const profit = period !== null && state.period ? sub(state.profit, state.period.profit) : state.profit;
  const all = goal.onAchieved.collect === "all";
  const { now: earned } = collectAmount(goal.onAchieved, { free: all ? ZERO : max(profit, ZERO), profit });
  // A raised goal is reached again with profit of which a part has been taken; a period's profit is its own.
  const due = period === null ? max(sub(earned, collectedBefore), ZERO) : earned;
  return {
    id: achievementId(goal.id, goal.version, period),
    goalId: goal.id,
    version: goal.version,
    periodStart: period,
    at: now,
    rule: goal.onAchieved,
    profit,
    due,
    collected: ZERO,
    moves: [],
    status: "open",
    note: null,
    revision: 0,
  };
}

/** Where the money goes: the chosen node, else the parent, else (a master) the node itself. */
export const collectTo = (rule: Achievement["rule"], node: GoalNode): string => rule.collectTo ?? node.parentId ?? node.id;

/**
 * The next movements of an achievement: from the goal's own node first, then from its agents in the order of their free cash, each under a
 * key of its own, never more than is free. A node gives nothing to itself.
 */
export function nextMoves(
  a: Achievement,
  to: string,
  free: readonly { readonly nodeId: string; readonly cash: Fixed }[],
  currency: string,
): readonly PlannedMove[] {
  const key = achievementKey(a.goalId, a.version, a.periodStart);
  const all = a.rule.collect === "all" && a.moves.length === 0;
  let left: Fixed | null = all ? null : sub(a.due, a.collected);
  const moves: PlannedMove[] = [];
  for (const { nodeId, cash } of free) {
    if (nodeId === to || (left !== null && left <= ZERO)) continue;
    const amount = movable(min(cash, left ?? cash), currency);
    if (amount <= ZERO) continue;
    moves.push({ key: `${key}:${a.moves.length + moves.length}`, fromNodeId: nodeId, toNodeId: to, amount, done: false });
    if (left !== null) left = sub(left, amount);
  }
  return moves;
}
