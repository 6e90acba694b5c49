import { type Column, checkPeriod, emptyLine, finite, type Line } from "./line";
import { Ring } from "./ring";

/**
 * Rolling z-score: (value − mean) / population standard deviation of the last `period` values, a pure number (the same deviation as the
 * Bollinger bands, so %B of width w is z / 2w + ½). Each window is summed anew: no rounding piles up. Warm after `period` values (at least 2);
 * `undefined` where all of them are equal, for there is no deviation to measure by. Throws INVALID_PERIOD, NOT_A_NUMBER.
 */
export class ZScore {
  readonly warmUp: number;
  readonly #ring: Ring;
  constructor(readonly period: number) {
    this.warmUp = checkPeriod(period, 2);
    this.#ring = new Ring(period);
  }

  /** The score of this value; `undefined` until warm and in a window of equal values. */
  add(value: number): number | undefined {
    const { period } = this;
    const ring = this.#ring;
    ring.push(finite(value, "value"));
    if (!ring.full) return undefined;
    const near = ring.at(0);
    let total = 0;
    for (let i = 1; i < period; i++) total += ring.at(i) - near;
    const mean = total / period;
    let squares = 0;
    for (let i = 0; i < period; i++) squares += (ring.at(i) - near - mean) ** 2;
    return squares > 0 ? (value - near - mean) / Math.sqrt(squares / period) : undefined;
  }
}

/** `ZScore` over a whole column. */
export function zScore(values: Column, period: number): Line {
  const machine = new ZScore(period);
  const line = emptyLine(values.length);
  for (let i = 0; i < values.length; i++) {
    const y = machine.add(values[i] as number);
    if (y !== undefined) line[i] = y;
  }
  return line;
}
