/** Mean, standard deviation (n − 1), skewness and kurtosis of a sample; what a Sharpe ratio and its deflation are made of. */
export type Moments = {
  readonly count: number;
  readonly mean: number;
  /** 0 when nothing varies. */
  readonly deviation: number;
  /** Third and fourth standardised moments (population); kurtosis of a normal sample is 3. null when nothing varies. */
  readonly skewness: number | null;
  readonly kurtosis: number | null;
};

/** Three passes, so that small variations around a large mean keep their digits. */
export function momentsOf(values: ArrayLike<number>): Moments {
  const count = values.length;
  let total = 0;
  for (let i = 0; i < count; i++) total += values[i] as number;
  let mean = count > 0 ? total / count : 0;
  let rest = 0;
  for (let i = 0; i < count; i++) rest += (values[i] as number) - mean;
  // A sum of many values has lost digits: what is left over is their mean's own error.
  if (count > 0) mean += rest / count;
  let [m2, m3, m4] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const d = (values[i] as number) - mean;
    m2 += d * d;
    m3 += d * d * d;
    m4 += d * d * d * d;
  }
  // Rounding alone leaves something of the order of (mean × 2⁻⁵³)² per value: that is no variation.
  const varies = count > 1 && m2 > count * (mean * 1e-14) ** 2;
  if (!varies) return { count, mean, deviation: 0, skewness: null, kurtosis: null };
  const variance = m2 / count;
  return { count, mean, deviation: Math.sqrt(m2 / (count - 1)), skewness: m3 / count / variance ** 1.5, kurtosis: m4 / count / variance ** 2 };
}
