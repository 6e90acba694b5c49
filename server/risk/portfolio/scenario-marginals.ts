import { historicalTail } from "./historical-tail";
import type { Marginals } from "./parametric-marginals";

/**
 * Marginals of the historical VaR and ES over scenarios: each position's own loss in the scenarios that make the quantile (interpolated as it
 * is), and its mean loss in those at or below it. `assetReturns(t)` answers the positions' returns in scenario t.
 */
export function scenarioMarginals(
  returns: Float64Array,
  confidence: number,
  positions: number,
  assetReturns: (t: number) => ArrayLike<number>,
): Marginals {
  const { lower, upper, share, tail } = historicalTail(returns, confidence);
  const [valueAtRisk, expectedShortfall] = [new Float64Array(positions), new Float64Array(positions)];
  const addTo = (sums: Float64Array, t: number, factor: number): void => {
    const own = assetReturns(t);
    for (let i = 0; i < positions; i++) sums[i] = (sums[i] as number) - factor * (own[i] as number);
  };
  addTo(valueAtRisk, lower, 1 - share);
  if (share > 0) addTo(valueAtRisk, upper, share);
  for (const t of tail) addTo(expectedShortfall, t, 1 / tail.length);
  return { valueAtRisk, expectedShortfall, monotone: true };
}
