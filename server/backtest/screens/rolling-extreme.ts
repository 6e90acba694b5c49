/** The largest of the last `period` values, exactly: a queue of candidates, each smaller than the one before. */
export class RollingMax {
  readonly #values: Float64Array;
  readonly #places: Float64Array;
  #head = 0;
  #size = 0;
  #seen = 0;

  constructor(readonly period: number) {
    this.#values = new Float64Array(period);
    this.#places = new Float64Array(period);
  }

  /** The maximum with this value in it; NaN before `period` values. */
  add(value: number): number {
    const { period } = this;
    const at = this.#seen++;
    if (this.#size > 0 && (this.#places[this.#head] as number) <= at - period) {
      this.#head = this.#head + 1 === period ? 0 : this.#head + 1;
      this.#size -= 1;
    }
    while (this.#size > 0 && (this.#values[(this.#head + this.#size - 1) % period] as number) <= value) this.#size -= 1;
    const tail = (this.#head + this.#size) % period;
    this.#values[tail] = value;
    this.#places[tail] = at;
    this.#size += 1;
    return this.#seen < period ? Number.NaN : (this.#values[this.#head] as number);
  }
}
