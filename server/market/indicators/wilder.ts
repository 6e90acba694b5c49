/** Wilder's smoothing (1978) started from the simple average of the first `period` numbers; NaN until then. */
export class Wilder {
  #seen = 0;
  #current = 0;
  constructor(readonly period: number) {}

  step(value: number): number {
    if (this.#seen >= this.period) {
      this.#current += (value - this.#current) / this.period;
      return this.#current;
    }
    this.#current += value;
    if (++this.#seen < this.period) return Number.NaN;
    this.#current /= this.period;
    return this.#current;
  }
}
