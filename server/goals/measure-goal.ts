import { add, div, type Fixed, fixed, fixedInt, mul, ONE, sub, toNumber, ZERO } from "@/server/shared";
import { periodOf } from "./goal-periods";
import { GOAL_SPECS } from "./goal-specs";
import type { GoalState } from "./goal-state";
import { drawdownPercent } from "./growth";
import type { Goal } from "./types";

/** What only some goals measure; null = there is nothing to measure yet. */
export type GoalFigures = {
  readonly trades: number;
  readonly wins: number;
  /** Base currency. */
  readonly volume: Fixed;
  /** A year. */
  readonly sharpe: Fixed | null;
};
export const NO_FIGURES: GoalFigures = { trades: 0, wins: 0, volume: ZERO, sharpe: null };

/** Fewest round trips of which a win rate is called reached. */
export const FEWEST_TRADES = 20;

export type GoalMeasure = {
  readonly at: number;
  /** In the goal's unit; null while there is nothing to measure. */
  readonly value: Fixed | null;
  /** Value at which it began (per cent, money or ratio). */
  readonly start: Fixed;
  /** 0 to 1: way from start to target; of a ceiling: how much of it is used up. */
  readonly done: number;
  readonly reached: boolean;
  /** A ceiling that was passed at some time since the goal began. */
  readonly broken: boolean;
  /** Where a straight line from start to deadline would be now; null without a deadline or window. */
  readonly planned: Fixed | null;
  /** "on plan" within a twentieth of the whole way. */
  readonly against: "ahead" | "on plan" | "behind" | null;
  /** What it is measured over (market ms); the end is null without one. */
  readonly from: number;
  readonly until: number | null;
};

const HUNDRED = fixedInt(100);
const percentGrowth = (now: Fixed, then: Fixed): Fixed => (then <= 0n ? ZERO : mul(sub(div(now, then, "half-even"), ONE), HUNDRED, "half-even"));

/** The goal's value in its own unit. */
export function goalValue(goal: Goal, state: GoalState, figures: GoalFigures): Fixed | null {
  switch (goal.kind) {
    case "profit":
      return goal.unit === "percent" ? percentGrowth(state.index, ONE) : state.profit;
    case "balance":
      return state.equity;
    case "drawdown":
      return drawdownPercent(state.index, state.peak);
    case "return":
      return state.period ? percentGrowth(state.index, state.period.index) : null;
    case "income":
      return state.period ? sub(state.profit, state.period.profit) : null;
    case "win-rate":
      return figures.trades === 0 ? null : div(fixedInt(figures.wins * 100), fixedInt(figures.trades), "half-even");
    case "sharpe":
      return figures.sharpe;
    case "volume":
      return figures.volume;
  }
}

/** Where a goal stands at market time `now`. Pure; amounts exact, shares as floats. */
export function measureGoal(goal: Goal, state: GoalState, figures: GoalFigures, now: number): GoalMeasure {
  const spec = GOAL_SPECS[goal.kind];
  const value = goalValue(goal, state, figures);
  const start = goal.kind === "balance" ? (goal.startEquity ?? state.equity) : ZERO;
  const window = goal.period === null ? null : periodOf(goal.period, now);
  const from = window ? Math.max(window.start, goal.startAt ?? now) : (goal.startAt ?? now);
  const until = window ? (goal.deadline === null ? window.end : Math.min(window.end, goal.deadline)) : goal.deadline;
  const enough = goal.kind !== "win-rate" || figures.trades >= FEWEST_TRADES;
  const base = { at: now, value, start, from, until } as const;
  if (spec.sense === "keep-below") {
    const used = value === null || goal.target <= 0n ? 0 : toNumber(value) / toNumber(goal.target);
    const broken = state.broken || (value !== null && value >= goal.target);
    return { ...base, done: clamp(used), reached: false, broken, planned: null, against: null };
  }
  const done = value === null ? 0 : shareOfWay(value, start, goal.target);
  const reached = value !== null && enough && value >= goal.target;
  const time = until === null || until <= from ? null : clamp((now - from) / (until - from));
  const paced = goal.kind === "win-rate" || goal.kind === "sharpe" ? null : time;
  const planned = paced === null ? null : add(start, mul(sub(goal.target, start), fixed(paced.toFixed(9)), "half-even"));
  const against = paced === null || value === null ? null : done > paced + 0.05 ? "ahead" : done < paced - 0.05 ? "behind" : "on plan";
  return { ...base, done, reached, broken: false, planned, against };
}

const clamp = (x: number): number => Math.min(1, Math.max(0, x));

function shareOfWay(value: Fixed, start: Fixed, target: Fixed): number {
  const way = toNumber(sub(target, start));
  if (way <= 0) return value >= target ? 1 : 0;
  return clamp(toNumber(sub(value, start)) / way);
}
