/** Places of the queue: a power of two above the longest period, so that a place is found by a mask. */
const RING = 256;
const MASK = RING - 1;

/** The largest of the last `period` values, exactly: a queue of candidates, each smaller than the one before. */
export class RollingMax {
  readonly #values = new Float64Array(RING);
  readonly #places = new Float64Array(RING);
  #head = 0;
  #size = 0;
  #seen = 0;

  /** Throws a RangeError for periods of more than 256. */
  constructor(readonly period: number) {
    if (!(period <= RING)) throw new RangeError(`a period of ${period} is longer than ${RING}`);
  }

  /** The maximum with this value in it; NaN before `period` values. */
  add(value: number): number {
    const { period } = this;
    const at = this.#seen++;
    if (this.#size > 0 && (this.#places[this.#head] as number) <= at - period) {
      this.#head = (this.#head + 1) & MASK;
      this.#size -= 1;
    }
    while (this.#size > 0 && (this.#values[(this.#head + this.#size - 1) & MASK] as number) <= value) this.#size -= 1;
    const tail = (this.#head + this.#size) & MASK;
    this.#values[tail] = value;
    this.#places[tail] = at;
    this.#size += 1;
    return this.#seen < period ? Number.NaN : (this.#values[this.#head] as number);
  }
}
