import { covariance } from "./moments";
import { checkReturns, refuse } from "./refuse";

/**
 * Beta to a benchmark such as BTC: covariance with its returns over their variance, a pure number. Both columns cover the same steps. Throws
 * MISALIGNED_SERIES, TOO_FEW_RETURNS, NOT_A_NUMBER, ZERO_VARIANCE when the benchmark never moved.
 */
export function beta(returns: Float64Array, benchmark: Float64Array): number {
  if (returns.length !== benchmark.length) {
    const data = { has: returns.length, needs: benchmark.length };
    throw refuse("MISALIGNED_SERIES", `${returns.length} returns against ${benchmark.length} of the benchmark`, "returns", data);
  }
  checkReturns(returns);
  checkReturns(benchmark, "benchmark");
  const variance = covariance(benchmark, benchmark);
  if (!(variance > 0)) throw refuse("ZERO_VARIANCE", "the benchmark never moved in this period, so there is no beta to it", "benchmark");
  return covariance(returns, benchmark) / variance;
}
