import { moments } from "@/server/risk";
import { checkReturns, constantSeries, standsStill } from "./check-returns";

/** Of returns per period (fractions). Population moments, as in the papers; the deviation divides by T − 1. */
export type ReturnMoments = {
  readonly count: number;
  readonly mean: number;
  readonly deviation: number;
  /** Mean over deviation, per period, not annualised. */
  readonly sharpe: number;
  readonly skew: number;
  /** 3 for a normal distribution. */
  readonly kurtosis: number;
};

/** Fewest periods of which moments are taken; what is said of skill asks for more. */
export const FEWEST_RETURNS = 4;

/** Throws TOO_FEW_RETURNS, NOT_A_NUMBER, CONSTANT_SERIES. */
export function returnMoments(returns: ArrayLike<number>, needs = FEWEST_RETURNS): ReturnMoments {
  checkReturns(returns, Math.max(needs, FEWEST_RETURNS));
  let size = 0;
  for (let i = 0; i < returns.length; i++) size = Math.max(size, Math.abs(returns[i] as number));
  const { count, mean, m2, skewness, excessKurtosis } = moments(returns);
  if (standsStill(Math.sqrt(m2), size) || skewness === null || excessKurtosis === null) throw constantSeries();
  const deviation = Math.sqrt((m2 * count) / (count - 1));
  return { count, mean, deviation, sharpe: mean / deviation, skew: skewness, kurtosis: excessKurtosis + 3 };
}
