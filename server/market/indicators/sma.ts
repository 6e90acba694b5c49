import { type Column, checkPeriod, emptyLine, finite, type Line } from "./line";

/** Running sums are started anew this often (bars), so that rounding cannot pile up. */
export const FRESH_EVERY = 256;

/**
 * Simple moving average: the mean of the last `period` values, in their unit. Warm after `period` values. As R TTR `SMA`.
 * Throws INVALID_PERIOD, NOT_A_NUMBER.
 */
export class Sma {
  readonly warmUp: number;
  readonly #ring: number[];
  #slot = 0;
  #seen = 0;
  #total = 0;
  #untilFresh = 1;
  constructor(readonly period: number) {
    this.warmUp = checkPeriod(period);
    this.#ring = new Array<number>(period).fill(0);
  }

  /** The average with this value in it; `undefined` until warm. */
  add(value: number): number | undefined {
    const y = this.step(value);
    return Number.isNaN(y) ? undefined : y;
  }

  /** What `add` answers with NaN for `undefined`: numbers alone stay unboxed in a loop. */
  step(value: number): number {
    const { period } = this;
    this.#ring[this.#slot] = finite(value, "value");
    if (++this.#slot === period) this.#slot = 0;
    if (++this.#seen < period) return Number.NaN;
    const oldest = this.#ring[this.#slot] as number;
    if (--this.#untilFresh === 0) this.#startAnew();
    this.#total += value;
    const mean = this.#total / period;
    this.#total -= oldest;
    return mean;
  }

  /** Sums all values of the window but the newest, oldest first. */
  #startAnew(): void {
    this.#untilFresh = FRESH_EVERY;
    let total = 0;
    for (let j = 0, k = this.#slot; j < this.period - 1; j++) {
      total += this.#ring[k] as number;
      if (++k === this.period) k = 0;
    }
    this.#total = total;
  }
}

/** `Sma` over a whole column. */
export function sma(values: Column, period: number): Line {
  const machine = new Sma(period);
  const line = emptyLine(values.length);
  for (let i = 0; i < values.length; i++) {
    const y = machine.step(values[i] as number);
    if (i >= period - 1) line[i] = y;
  }
  return line;
}
