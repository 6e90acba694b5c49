import { type Fixed, fixed, mul, roundTo, toText } from "@/server/shared";
import { GOAL_SPECS } from "./goal-specs";
import { amountWords } from "./goal-words";
import type { Goal } from "./types";

/** How far a target may move from what the user set: targets by half in both directions, ceilings only downwards. */
export const ADAPT_BOUNDS = { least: 0.5, most: 1.5 } as const;
/** A change smaller than this share of the threshold is left alone, so that noise moves nothing. */
export const ADAPT_STEP = 0.1;

export type ThresholdChange = { readonly from: Fixed; readonly to: Fixed; readonly why: string };

/** Kinds whose threshold follows volatility: those that are a way of the equity. */
export const adapts = (goal: Pick<Goal, "kind" | "adaptive">): boolean =>
  goal.adaptive && (goal.kind === "drawdown" || goal.kind === "profit" || goal.kind === "return" || goal.kind === "income");

/**
 * The threshold that fits today's volatility: user's target × clamp(volatility now ÷ volatility at the beginning, 0.5, 1.5), for a ceiling
 * at most the user's own. Volatilities are standard deviations of returns over the same period. Null when it need not change.
 */
export function adaptThreshold(goal: Goal, volatility: { readonly now: number; readonly before: number }, currency: string): ThresholdChange | null {
  if (!adapts(goal) || !(volatility.before > 0) || !(volatility.now > 0)) return null;
  const ratio = volatility.now / volatility.before;
  const most = GOAL_SPECS[goal.kind].sense === "keep-below" ? 1 : ADAPT_BOUNDS.most;
  const factor = Math.min(most, Math.max(ADAPT_BOUNDS.least, ratio));
  const to = roundTo(mul(goal.userTarget, fixed(factor.toFixed(6)), "half-even"), goal.unit === "quote" ? 2 : 4, "half-even");
  const moved = Math.abs(Number(toText(to)) / Number(toText(goal.target)) - 1);
  if (to <= 0n || moved < ADAPT_STEP) return null;
  const words = (x: Fixed): string => amountWords(x, goal.unit, currency);
  const bound = factor === ratio ? "" : factor === most ? `, bounded by ${most}` : `, bounded by ${ADAPT_BOUNDS.least}`;
  return {
    from: goal.target,
    to,
    why:
      `Returns now vary by ${(volatility.now * 100).toFixed(2)} % a period against ${(volatility.before * 100).toFixed(2)} % when the goal began ` +
      `(${ratio.toFixed(2)} times${bound}); the threshold set by you, ${words(goal.userTarget)}, becomes ${words(to)} (was ${words(goal.target)}).`,
  };
}

/** Standard deviation of returns, null when there are too few to say. */
export function volatilityOf(returns: readonly number[]): number | null {
  if (returns.length < 10) return null;
  const mean = returns.reduce((a, b) => a + b, 0) / returns.length;
  return Math.sqrt(returns.reduce((a, b) => a + (b - mean) ** 2, 0) / (returns.length - 1));
}
