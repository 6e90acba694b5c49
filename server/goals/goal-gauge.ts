import { add, div, type Fixed, fixed, max, mul, ONE, sub, toText, ZERO } from "@/server/shared";
import { GOAL_SPECS } from "./goal-specs";
import type { GoalState } from "./goal-state";
import { goalTitle } from "./goal-words";
import type { GoalMeasure } from "./measure-goal";
import type { AfterGoal, Goal, GoalKind, GoalStatus, GoalUnit } from "./types";

/** A goal as it stood at its last check, beside what this agent was worth then: enough to tell where it stands at any later instant. Decimals as text. */
export type GoalGauge = {
  readonly goalId: string;
  readonly title: string;
  /** Whose goal it is: the agent's own, or that of a node above it. */
  readonly of: "agent" | "farm" | "treasury" | "vault";
  readonly kind: GoalKind;
  readonly unit: GoalUnit;
  readonly target: string;
  readonly start: string;
  readonly status: GoalStatus;
  readonly after: AfterGoal;
  readonly trim: boolean;
  /** Window that is measured (market ms). */
  readonly from: number;
  readonly until: number | null;
  readonly recurring: boolean;
  readonly index: string;
  readonly peak: string;
  readonly profit: string;
  readonly periodIndex: string | null;
  readonly periodProfit: string | null;
  /** Of the goal's node at the check, and of this agent; and all money that had been moved into the agent by then. */
  readonly equity: string;
  readonly agentEquity: string;
  readonly agentFlows: string;
};

export const gaugeOf = (
  goal: Goal,
  state: GoalState,
  measure: GoalMeasure,
  agent: { readonly equity: Fixed; readonly flows: Fixed },
  currency: string,
): GoalGauge => ({
  goalId: goal.id,
  title: goalTitle(goal, currency),
  of: goal.nodeKind,
  kind: goal.kind,
  unit: goal.unit,
  target: toText(goal.target),
  start: toText(measure.start),
  status: goal.status,
  after: goal.onAchieved.after,
  trim: goal.trim,
  from: measure.from,
  until: measure.until,
  recurring: GOAL_SPECS[goal.kind].recurring,
  index: toText(state.index),
  peak: toText(state.peak),
  profit: toText(state.profit),
  periodIndex: state.period ? toText(state.period.index) : null,
  periodProfit: state.period ? toText(state.period.profit) : null,
  equity: toText(state.equity),
  agentEquity: toText(agent.equity),
  agentFlows: toText(agent.flows),
});

/** This agent at the instant of its decision. */
export type AgentNow = { readonly at: number; readonly equity: Fixed; readonly flows: Fixed };

export type GaugeNow = { readonly equity: Fixed; readonly index: Fixed; readonly peak: Fixed; readonly value: Fixed | null };

/**
 * Where the goal stands now: its node has moved by what this agent earned since the check (other agents count with their next check).
 * Money moved into the agent since then is no profit; it counts in the base the way `growth` does.
 */
export function readGauge(g: GoalGauge, now: AgentNow): GaugeNow {
  const flow = sub(now.flows, fixed(g.agentFlows));
  const earned = sub(sub(now.equity, fixed(g.agentEquity)), flow);
  const before = fixed(g.equity);
  // Money that came from another node of the same tree is no flow of a farm; only the agent's own goal sees it.
  const own = g.of === "agent" ? flow : ZERO;
  const base = add(before, max(own, ZERO));
  const grown = base <= 0n ? ONE : max(add(ONE, div(earned, base, "half-even")), ZERO);
  const index = mul(fixed(g.index), grown, "half-even");
  const peak = max(fixed(g.peak), index);
  const equity = add(add(before, earned), own);
  return { equity, index, peak, value: gaugeValue(g, now.at, index, peak, equity, add(fixed(g.profit), earned)) };
}

const percentOf = (now: Fixed, then: Fixed): Fixed =>
  then <= 0n ? ZERO : (mul(sub(div(now, then, "half-even"), ONE), (100n * ONE) as Fixed, "half-even") as Fixed);

function gaugeValue(g: GoalGauge, at: number, index: Fixed, peak: Fixed, equity: Fixed, profit: Fixed): Fixed | null {
  // A new period has begun that no check has seen yet: nothing is known of it but that it is young.
  if (g.recurring && g.until !== null && at >= g.until) return null;
  switch (g.kind) {
    case "profit":
      return g.unit === "percent" ? percentOf(index, ONE) : profit;
    case "balance":
      return equity;
    case "drawdown":
      return peak <= 0n ? ZERO : mul(div(sub(peak, index), peak, "half-even"), (100n * ONE) as Fixed, "half-even");
    case "return":
      return g.periodIndex === null ? null : percentOf(index, fixed(g.periodIndex));
    case "income":
      return g.periodProfit === null ? null : sub(profit, fixed(g.periodProfit));
    default:
      return null;
  }
}
