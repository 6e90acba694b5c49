import { add, type Fixed, max, mul, ONE, sub, sum, ZERO } from "@/server/shared";
import type { RecordPoint } from "@/server/wallets";
import { periodOf } from "./goal-periods";
import { drawdownPercent, growth } from "./growth";
import type { Goal } from "./types";

/** Where a goal's node stands, carried from check to check, so that no peak is lost between two of them. Money in base currency. */
export type GoalState = {
  /** Market ms of the last point that counts. */
  readonly at: number;
  readonly equity: Fixed;
  /** Worth of one unit since the goal began, without money paid in or out; and its highest value. */
  readonly index: Fixed;
  readonly peak: Fixed;
  /** All money that has ever come into the node less what left it, as far as it is in `equity`: a movement that is only seen later is found by it. */
  readonly flows: Fixed;
  /** Money earned since the goal began. */
  readonly profit: Fixed;
  /** Index and profit when the running period began; null for goals without periods. */
  readonly period: { readonly start: number; readonly index: Fixed; readonly profit: Fixed } | null;
  /** Whether a ceiling was reached at some time. */
  readonly broken: boolean;
  /** Points that were counted. */
  readonly points: number;
};

/** Before the first point: the node's equity at the instant the goal begins. */
export const firstState = (goal: Pick<Goal, "period">, at: number, equity: Fixed, flows: Fixed = ZERO): GoalState => ({
  at,
  equity,
  flows,
  index: ONE,
  peak: ONE,
  profit: ZERO,
  period: goal.period === null ? null : { start: periodOf(goal.period, at).start, index: ONE, profit: ZERO },
  broken: false,
  points: 0,
});

type Followed = Pick<Goal, "period" | "kind" | "target">;

/** The state after one more point; a point that is not later changes nothing. A period begins with what stood when the last one ended. */
export function advanceState(state: GoalState, point: RecordPoint, goal: Followed): GoalState {
  if (point.at <= state.at) return state;
  const start = goal.period === null ? null : periodOf(goal.period, point.at).start;
  const period = start === null ? null : state.period?.start === start ? state.period : { start, index: state.index, profit: state.profit };
  const index = mul(state.index, growth(state.equity, point.equity, point.flow), "half-even");
  const peak = max(state.peak, index);
  return {
    at: point.at,
    equity: point.equity,
    flows: add(state.flows, point.flow),
    index,
    peak,
    profit: add(state.profit, sub(sub(point.equity, point.flow), state.equity)),
    period,
    broken: state.broken || (goal.kind === "drawdown" && drawdownPercent(index, peak) >= goal.target),
    points: state.points + 1,
  };
}

/**
 * All points later than the state, in order, up to a moment by which `flows` had come into the node in all. What the points do not tell of
 * (a movement at the very instant of the last one, or written down late) counts with the first of them, so that no movement is taken for a profit.
 */
export function advanceAll(state: GoalState, points: readonly RecordPoint[], goal: Followed, flows?: Fixed, now = state.at): GoalState {
  const later = points.filter((p) => p.at > state.at);
  const told = sum(later.map((p) => p.flow));
  const late = flows === undefined ? ZERO : sub(sub(flows, state.flows), told);
  const [first, ...rest] = later;
  if (!first)
    return late === ZERO
      ? state
      : { ...state, ...advanceState(state, { at: Math.max(now, state.at + 1), equity: add(state.equity, late), flow: late }, goal), at: state.at };
  return [{ ...first, flow: add(first.flow, late) }, ...rest].reduce((s, p) => advanceState(s, p, goal), state);
}
