import { type Column, checkFactor, checkPeriod, emptyLine, finite, type Line } from "./line";
import { FRESH_EVERY } from "./sma";

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
  /** Of the last bar; NaN until warm. */
  lower = Number.NaN;
  middle = Number.NaN;
  upper = Number.NaN;
  readonly #ring: number[];
  #slot = 0;
  #seen = 0;
  #near = 0.5;
  #total = 0.5;
  #squares = 0.5;
  #untilFresh = 1;
  constructor(
    readonly period: number,
    readonly width: number,
  ) {
    this.warmUp = checkPeriod(period);
    checkFactor(width, 100, "width");
    this.#ring = new Array<number>(period).fill(0);
  }

  /** The bands with this value in them; `undefined` until warm. */
  add(value: number): Band | undefined {
    if (!this.step(value)) return undefined;
    return { lower: this.lower, middle: this.middle, upper: this.upper };
  }

  /** Takes a value and sets the bands; false until warm. For loops: no object a bar. */
  step(value: number): boolean {
    const { period } = this;
    this.#ring[this.#slot] = finite(value, "value");
    if (++this.#slot === period) this.#slot = 0;
    if (++this.#seen < period) return false;
    if (--this.#untilFresh === 0) this.#startAnew(value);
    const near = this.#near;
    const d = value - near;
    const total = this.#total + d;
    const squares = this.#squares + d * d;
    const mean = total / period;
    const variance = squares / period - mean * mean;
    const reach = variance > 0 ? this.width * Math.sqrt(variance) : 0;
    const centre = near + mean;
    this.lower = centre - reach;
    this.middle = centre;
    this.upper = centre + reach;
    const old = (this.#ring[this.#slot] as number) - near;
    this.#total = total - old;
    this.#squares = squares - old * old;
    return true;
  }

  /** Measures all values of the window but the newest from a new price nearby, oldest first. */
  #startAnew(near: number): void {
    this.#untilFresh = FRESH_EVERY;
    this.#near = near;
    let total = 0;
    let squares = 0;
    for (let j = 0, k = this.#slot; j < this.period - 1; j++) {
      const d = (this.#ring[k] as number) - near;
      total += d;
      squares += d * d;
      if (++k === this.period) k = 0;
    }
    this.#total = total;
    this.#squares = squares;
  }
}

/** `Bollinger` over a whole column. */
export function bollinger(values: Column, period: number, width: number): Bands {
  const machine = new Bollinger(period, width);
  const n = values.length;
  const [lower, middle, upper] = [emptyLine(n), emptyLine(n), emptyLine(n)];
  for (let i = 0; i < n; i++) {
    if (!machine.step(values[i] as number)) continue;
    lower[i] = machine.lower;
    middle[i] = machine.middle;
    upper[i] = machine.upper;
  }
  return { lower, middle, upper };
}
