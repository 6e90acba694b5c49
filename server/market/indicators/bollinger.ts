import { type Column, checkAll, checkFactor, checkPeriod, emptyLine, finite, type Line } from "./line";
import { FRESH_EVERY } from "./sma";
import { Tail } from "./tail";

/** One bar's bands, in the unit of the values. */
export type Band = { readonly lower: number; readonly middle: number; readonly upper: number };
export type Bands = { readonly lower: Line; readonly middle: Line; readonly upper: Line };

/**
 * Bollinger bands (Bollinger on Bollinger Bands, 2001; R TTR `BBands`): simple average ± `width` population standard deviations, in the
 * unit of the values; warm after `period` values. Constant prices give bands of no width. Sums run over distances from a price nearby
 * (chosen anew every few hundred bars), since sums of squared prices would cancel each other's digits away.
 * Throws INVALID_PERIOD, INVALID_FACTOR, NOT_A_NUMBER.
 */
export class Bollinger {
  readonly warmUp: number;
  readonly #tail: Tail;
  #seen = 0;
  #untilFresh = 0;
  #near = 0;
  #total = 0;
  #squares = 0;
  constructor(
    readonly period: number,
    readonly width: number,
  ) {
    this.warmUp = checkPeriod(period);
    checkFactor(width, 100, "width");
    this.#tail = new Tail(period);
  }

  /** The bands with this value in them; `undefined` until warm. */
  add(value: number): Band | undefined {
    const bands = this.#advance(this.#tail.withOne(finite(value, "value")), 1);
    const [lower, middle, upper] = [bands.lower[0], bands.middle[0], bands.upper[0]];
    return lower === undefined || middle === undefined || upper === undefined ? undefined : { lower, middle, upper };
  }

  /** The same as `add` for each value in turn. */
  addAll(values: Column): Bands {
    checkAll(values, "value");
    return this.#advance(this.#tail.withAll(values), values.length);
  }

  /** Takes the last `count` values of a column. State is kept in locals: fields in the loop cost four times as much. */
  #advance(column: Column, count: number): Bands {
    const { period, width } = this;
    const n = column.length;
    const from = n - count;
    const warm = this.#seen + count >= period;
    const [lower, middle, upper] = [emptyLine(count, warm), emptyLine(count, warm), emptyLine(count, warm)];
    let i = Math.min(n, from + Math.max(0, period - 1 - this.#seen));
    let [near, total, squares] = [this.#near, this.#total, this.#squares];
    while (i < n) {
      if (this.#untilFresh === 0) {
        this.#untilFresh = FRESH_EVERY;
        near = column[i] as number;
        total = 0;
        squares = 0;
        for (let j = i - period + 1; j < i; j++) {
          const d = (column[j] as number) - near;
          total += d;
          squares += d * d;
        }
      }
      const end = Math.min(n, i + this.#untilFresh);
      this.#untilFresh -= end - i;
      for (; i < end; i++) {
        const d = (column[i] as number) - near;
        total += d;
        squares += d * d;
        const mean = total / period;
        const variance = squares / period - mean * mean;
        const reach = variance > 0 ? width * Math.sqrt(variance) : 0;
        const centre = near + mean;
        lower[i - from] = centre - reach;
        middle[i - from] = centre;
        upper[i - from] = centre + reach;
        const old = (column[i - period + 1] as number) - near;
        total -= old;
        squares -= old * old;
      }
    }
    [this.#near, this.#total, this.#squares] = [near, total, squares];
    this.#seen += count;
    return { lower, middle, upper };
  }
}

/** `Bollinger` over a whole column. */
export const bollinger = (values: Column, period: number, width: number): Bands => new Bollinger(period, width).addAll(values);
