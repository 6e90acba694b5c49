import { moments } from "./moments";
import { checkReturns, refuse } from "./refuse";

/** Sharpe ratio of one step: mean / sample standard deviation (no interest taken off); × √(steps a year) annualises. Throws ZERO_VARIANCE. */
export function sharpeRatio(returns: Float64Array): number {
  checkReturns(returns);
  const { mean, m2, count } = moments(returns);
  if (!(m2 > 0)) throw refuse("ZERO_VARIANCE", "the returns are all equal, so there is no Sharpe ratio", "returns");
  return mean / Math.sqrt((m2 * count) / (count - 1));
}

/** Sortino ratio of one step against a target of 0: mean / √(mean of squared losses). Throws NO_LOSSES when no return was negative. */
export function sortinoRatio(returns: Float64Array): number {
  checkReturns(returns);
  let squares = 0;
  for (const r of returns) squares += Math.min(r, 0) ** 2;
  if (!(squares > 0)) throw refuse("NO_LOSSES", "no return was negative, so there is no Sortino ratio", "returns");
  return moments(returns).mean / Math.sqrt(squares / returns.length);
}
