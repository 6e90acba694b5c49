/** Population moments of returns: `skewness` m₃/m₂^1.5, `excessKurtosis` m₄/m₂² − 3; null where nothing moved and they do not exist. */
export type Moments = {
  readonly count: number;
  readonly mean: number;
  /** Central moments, divided by n. */
  readonly m2: number;
  readonly m3: number;
  readonly m4: number;
  /** Standard deviation, divided by n. */
  readonly deviation: number;
  readonly skewness: number | null;
  readonly excessKurtosis: number | null;
};

/** Moments of a column (never empty), summed around a value nearby: equal numbers have a deviation of exactly zero. */
export function moments(values: ArrayLike<number>): Moments {
  const n = values.length;
  const near = values[0] as number;
  let total = 0;
  for (let i = 0; i < n; i++) total += (values[i] as number) - near;
  const shift = total / n;
  let [m2, m3, m4] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    const d = (values[i] as number) - near - shift;
    const square = d * d;
    m2 += square;
    m3 += square * d;
    m4 += square * square;
  }
  m2 /= n;
  m3 /= n;
  m4 /= n;
  const moved = m2 * m2 > 0;
  return {
    count: n,
    mean: near + shift,
    m2,
    m3,
    m4,
    deviation: Math.sqrt(m2),
    skewness: moved ? m3 / (m2 * Math.sqrt(m2)) : null,
    excessKurtosis: moved ? m4 / (m2 * m2) - 3 : null,
  };
}

/** Sample covariance (divided by n − 1) of two columns of equal length. */
export function covariance(left: ArrayLike<number>, right: ArrayLike<number>): number {
  const n = left.length;
  const [nearL, nearR] = [left[0] as number, right[0] as number];
  let [totalL, totalR] = [0, 0];
  for (let i = 0; i < n; i++) {
    totalL += (left[i] as number) - nearL;
    totalR += (right[i] as number) - nearR;
  }
  const [meanL, meanR] = [totalL / n, totalR / n];
  let products = 0;
  for (let i = 0; i < n; i++) products += ((left[i] as number) - nearL - meanL) * ((right[i] as number) - nearR - meanR);
  return products / (n - 1);
}
