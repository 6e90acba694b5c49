import { type Column, checkAll, checkPeriod, emptyLine, finite, type Line } from "./line";
import { Tail } from "./tail";

/** Running sums are started anew this often (bars), so that rounding cannot pile up. */
export const FRESH_EVERY = 256;

/**
 * Simple moving average: the mean of the last `period` values, in their unit. Warm after `period` values. As R TTR `SMA`.
 * Throws INVALID_PERIOD, NOT_A_NUMBER.
 */
export class Sma {
  readonly warmUp: number;
  readonly #tail: Tail;
  #seen = 0;
  #untilFresh = 0;
  #total = 0;
  constructor(readonly period: number) {
    this.warmUp = checkPeriod(period);
    this.#tail = new Tail(period);
  }

  /** The average with this value in it; `undefined` until warm. */
  add(value: number): number | undefined {
    const out = emptyLine(1);
    this.#advance(this.#tail.withOne(finite(value, "value")), out);
    return out[0];
  }

  /** The same as `add` for each value in turn. */
  addAll(values: Column): Line {
    checkAll(values, "value");
    const out = emptyLine(values.length, this.#seen + values.length >= this.warmUp);
    this.#advance(this.#tail.withAll(values), out);
    return out;
  }

  /** Takes the last `out.length` values of a column. State is kept in locals: fields in the loop cost four times as much. */
  #advance(column: Column, out: (number | undefined)[]): void {
    const { period } = this;
    const n = column.length;
    const from = n - out.length;
    let i = Math.min(n, from + Math.max(0, period - 1 - this.#seen));
    let total = this.#total;
    while (i < n) {
      if (this.#untilFresh === 0) {
        this.#untilFresh = FRESH_EVERY;
        total = 0;
        for (let j = i - period + 1; j < i; j++) total += column[j] as number;
      }
      const end = Math.min(n, i + this.#untilFresh);
      this.#untilFresh -= end - i;
      for (; i < end; i++) {
        total += column[i] as number;
        out[i - from] = total / period;
        total -= column[i - period + 1] as number;
      }
    }
    this.#total = total;
    this.#seen += out.length;
  }
}

/** `Sma` over a whole column. */
export const sma = (values: Column, period: number): Line => new Sma(period).addAll(values);
