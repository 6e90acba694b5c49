import { type Column, checkAll, checkPeriod, emptyLine, type Line } from "./line";

/**
 * Exponential moving average with alpha = 2 / (period + 1), started from the simple average of the first `period` values
 * (R TTR `EMA`, TA-Lib). In the unit of its input; warm after `period` values. Throws INVALID_PERIOD, NOT_A_NUMBER.
 */
export class Ema {
  readonly warmUp: number;
  #seen = 0;
  #current = 0;
  constructor(readonly period: number) {
    this.warmUp = checkPeriod(period);
  }

  /** The average with this value in it; `undefined` until warm. */
  add(value: number): number | undefined {
    return this.addAll([value])[0];
  }

  /** The same as `add` for each value in turn. */
  addAll(values: Column): Line {
    checkAll(values, "value");
    const { period } = this;
    const n = values.length;
    const out = emptyLine(n, this.#seen + n >= period);
    const alpha = 2 / (period + 1);
    let current = this.#current;
    const seed = Math.min(n, Math.max(0, period - this.#seen));
    for (let i = 0; i < seed; i++) current += values[i] as number;
    if (seed > 0 && this.#seen + seed === period) {
      current /= period;
      out[seed - 1] = current;
    }
    for (let i = seed; i < n; i++) {
      current += alpha * ((values[i] as number) - current);
      out[i] = current;
    }
    this.#current = current;
    this.#seen += n;
    return out;
  }
}

/** `Ema` over a whole column. */
export const ema = (values: Column, period: number): Line => new Ema(period).addAll(values);
