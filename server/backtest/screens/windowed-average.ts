/** How many values are added to a running sum before it is made anew: rounding never piles up. */
const FRESH_EVERY = 1_024;

/**
 * A smoothed average as a rule computes it from its context window, in constant time per value.
 * A rule starts an average of weight `alpha` from the simple average of the first `period` values of its last `window` values. Such an
 * average differs from one that has run since the first value by (simple average − running average) at the window's start, faded by
 * (1 − alpha) per value since: smoothing is linear. Equal to the rule's own number but for rounding, a few hundred units in the last
 * place of the largest value in reach; screens allow for 10⁻⁹ of it.
 */
export class WindowedAverage {
  readonly #recent: Float64Array;
  readonly #deltas: Float64Array;
  readonly #lag: number;
  readonly #fade: number;
  #seen = 0;
  #sum = 0;
  #untilFresh = FRESH_EVERY;
  #recentAt = 0;
  #deltaAt = 0;
  #running = 0;

  constructor(
    readonly period: number,
    readonly alpha: number,
    window: number,
  ) {
    this.#recent = new Float64Array(period);
    this.#lag = window - period;
    this.#deltas = new Float64Array(this.#lag + 1);
    this.#fade = (1 - alpha) ** this.#lag;
  }

  /** The average over the window that ends with this value; NaN before `period` values. */
  add(value: number): number {
    const { period } = this;
    this.#seen += 1;
    this.#sum += value - (this.#recent[this.#recentAt] as number);
    this.#recent[this.#recentAt] = value;
    this.#recentAt = this.#recentAt + 1 === period ? 0 : this.#recentAt + 1;
    if (--this.#untilFresh === 0) {
      this.#untilFresh = FRESH_EVERY;
      this.#sum = this.#recent.reduce((s, v) => s + v, 0);
    }
    if (this.#seen < period) return Number.NaN;
    if (this.#seen === period) this.#running = this.#sum / period;
    else this.#running += this.alpha * (value - this.#running);
    this.#deltas[this.#deltaAt] = this.#sum / period - this.#running;
    this.#deltaAt = this.#deltaAt === this.#lag ? 0 : this.#deltaAt + 1;
    // The place that is written next holds the difference of `lag` values ago (zero until there have been so many).
    return this.#running + this.#fade * (this.#deltas[this.#deltaAt] as number);
  }
}
