/**
 * How many independent periods a series is worth: T over the ratio of its long-run to its plain variance (Lo, The Statistics of Sharpe
 * Ratios, Financial Analysts Journal 58(4), 2002; the long-run variance with Bartlett's weights of Newey and West, 1987, over ⌈T^⅓⌉ lags).
 * Never more than T: negative dependence earns nothing. A constant series is worth its length.
 */
export function effectiveCount(returns: ArrayLike<number>): number {
  const count = returns.length;
  if (count < 8) return count;
  let mean = 0;
  for (let i = 0; i < count; i++) mean += (returns[i] as number) / count;
  const lags = Math.ceil(Math.cbrt(count));
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let i = lag; i < count; i++) sum += ((returns[i] as number) - mean) * ((returns[i - lag] as number) - mean);
    return sum;
  };
  const variance = covariance(0);
  if (!(variance > 0)) return count;
  let ratio = 1;
  for (let lag = 1; lag <= lags; lag++) ratio += 2 * (1 - lag / (lags + 1)) * (covariance(lag) / variance);
  return Math.max(2, count / Math.max(1, ratio));
}
