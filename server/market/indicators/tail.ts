import type { Column } from "./line";

/** Room for as many values as this before the oldest are dropped. */
const SPARE = 256;

/**
 * The values a machine over a moving window has been given, as one column that loops can run over: the last `keep` at least, and what is
 * being added behind them. A first column is not copied.
 */
export class Tail {
  #values: number[] = [];
  constructor(readonly keep: number) {}

  /** A column that ends with the value. */
  withOne(value: number): Column {
    if (this.#values.length >= this.keep + SPARE) this.#values = this.#values.slice(-this.keep);
    this.#values.push(value);
    return this.#values;
  }

  /** A column that ends with the values. */
  withAll(values: Column): Column {
    const first = this.#values.length === 0;
    for (let i = Math.max(0, first ? values.length - this.keep : 0); i < values.length; i++) this.#values.push(values[i] as number);
    if (first) return values;
    const column = this.#values;
    if (column.length >= this.keep + SPARE) this.#values = column.slice(-this.keep);
    return column;
  }
}
