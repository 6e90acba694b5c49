/**
 * Weights at which every part adds the same risk, from a covariance matrix (row by row, positive variances): cyclical coordinate descent on
 * ½ y'Σy − Σ ln y, scaled to one. A valley with one floor: where it begins does not matter.
 */
export function riskParityWeights(covariance: ArrayLike<number>, n: number): readonly number[] {
  const at = (i: number, j: number): number => covariance[i * n + j] as number;
  const y = Array.from({ length: n }, (_, i) => 1 / Math.sqrt(at(i, i)));
  for (let round = 0; round < 10_000; round++) {
    let moved = 0;
    for (let i = 0; i < n; i++) {
      let others = 0;
      for (let j = 0; j < n; j++) if (j !== i) others += at(i, j) * (y[j] as number);
      const next = (-others + Math.sqrt(others * others + 4 * at(i, i))) / (2 * at(i, i));
      moved = Math.max(moved, Math.abs(next - (y[i] as number)) / next);
      y[i] = next;
    }
    if (moved < 1e-13) break;
  }
  const total = y.reduce((a, b) => a + b, 0);
  return y.map((v) => v / total);
}
