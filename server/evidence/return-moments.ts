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
  const count = returns.length;
  let [sum, size] = [0, 0];
  for (let i = 0; i < count; i++) {
    const x = returns[i] as number;
    sum += x;
    size = Math.max(size, Math.abs(x));
  }
  const mean = sum / count;
  let [second, third, fourth] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const d = (returns[i] as number) - mean;
    const square = d * d;
    second += square;
    third += square * d;
    fourth += square * square;
  }
  const variance = second / count;
  if (standsStill(Math.sqrt(variance), size)) throw constantSeries();
  const deviation = Math.sqrt(second / (count - 1));
  return {
    count,
    mean,
    deviation,
    sharpe: mean / deviation,
    skew: third / count / variance ** 1.5,
    kurtosis: fourth / count / (variance * variance),
  };
}
