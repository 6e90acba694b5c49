import { alignedLength, type Column, checkPeriod, emptyLine, finite, type Line } from "./line";
import { Ring } from "./ring";

/**
 * Rolling Pearson correlation of two series over the last `period` values, −1 to 1 (R TTR `runCor`). Give returns, not prices, to measure
 * markets that move together. Each window is summed anew, around its means. Warm after `period` values (at least 2); `undefined` where one
 * series has not moved in all of them: with a variance of zero there is no correlation. Throws INVALID_PERIOD, NOT_A_NUMBER.
 */
export class RollingCorrelation {
  readonly warmUp: number;
  readonly #left: Ring;
  readonly #right: Ring;
  constructor(readonly period: number) {
    this.warmUp = checkPeriod(period, 2);
    this.#left = new Ring(period);
    this.#right = new Ring(period);
  }

  /** The correlation with this pair in it; `undefined` until warm and where one side is constant. */
  add(left: number, right: number): number | undefined {
    const { period } = this;
    const [a, b] = [this.#left, this.#right];
    finite(left, "left");
    b.push(finite(right, "right"));
    a.push(left);
    if (!a.full) return undefined;
    const [nearA, nearB] = [a.at(0), b.at(0)];
    let [totalA, totalB] = [0, 0];
    for (let i = 1; i < period; i++) {
      totalA += a.at(i) - nearA;
      totalB += b.at(i) - nearB;
    }
    const [meanA, meanB] = [totalA / period, totalB / period];
    let [squaresA, squaresB, products] = [0, 0, 0];
    for (let i = 0; i < period; i++) {
      const da = a.at(i) - nearA - meanA;
      const db = b.at(i) - nearB - meanB;
      squaresA += da * da;
      squaresB += db * db;
      products += da * db;
    }
    if (!(squaresA > 0 && squaresB > 0)) return undefined;
    // Two roots rather than the root of a product, which could leave the floats; rounding may pass 1 by a last digit.
    return Math.max(-1, Math.min(1, products / Math.sqrt(squaresA) / Math.sqrt(squaresB)));
  }
}

/** `RollingCorrelation` over whole columns. Throws MISALIGNED_SERIES when their lengths differ. */
export function rollingCorrelation(left: Column, right: Column, period: number): Line {
  const machine = new RollingCorrelation(period);
  const n = alignedLength({ left, right });
  const line = emptyLine(n);
  for (let i = 0; i < n; i++) {
    const y = machine.add(left[i] as number, right[i] as number);
    if (y !== undefined) line[i] = y;
  }
  return line;
}
