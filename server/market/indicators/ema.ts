import { type Column, checkPeriod, emptyLine, finite, type Line } from "./line";

/**
 * Exponential moving average with alpha = 2 / (period + 1), started from the simple average of the first `period` values
 * (R TTR `EMA`, TA-Lib). In the unit of its input; warm after `period` values. Throws INVALID_PERIOD, NOT_A_NUMBER.
 */
export class Ema {
  readonly warmUp: number;
  readonly #alpha: number;
  #seen = 0;
  #current = 0;
  constructor(readonly period: number) {
    this.warmUp = checkPeriod(period);
    this.#alpha = 2 / (period + 1);
  }

  /** The average with this value in it; `undefined` until warm. */
  add(value: number): number | undefined {
    const y = this.step(value);
    return Number.isNaN(y) ? undefined : y;
  }

  /** What `add` answers with NaN for `undefined`: numbers alone stay unboxed in a loop. */
  step(value: number): number {
    finite(value, "value");
    if (this.#seen >= this.period) {
      this.#current += this.#alpha * (value - this.#current);
      return this.#current;
    }
    this.#current += value;
    if (++this.#seen < this.period) return Number.NaN;
    this.#current /= this.period;
    return this.#current;
  }
}

/** `Ema` over a whole column. */
export function ema(values: Column, period: number): Line {
  const machine = new Ema(period);
  const line = emptyLine(values.length);
  for (let i = 0; i < values.length; i++) {
    const y = machine.step(values[i] as number);
    if (i >= period - 1) line[i] = y;
  }
  return line;
}
