import { Bollinger } from "./bollinger";
import { type Column, emptyLine, type Line } from "./line";

/**
 * Bollinger's %B: where a value stands in its bands, 0 = lower, 1 = upper, beyond them outside (R TTR `pctB`). Warm after `period` values;
 * `undefined` where all of the last `period` values are equal, for bands of no width have no inside. Throws as `Bollinger`.
 */
export class PercentB {
  readonly warmUp: number;
  readonly #bands: Bollinger;
  #before = Number.NaN;
  #equal = 0;
  constructor(
    readonly period: number,
    readonly width: number,
  ) {
    this.#bands = new Bollinger(period, width);
    this.warmUp = this.#bands.warmUp;
  }

  /** Where this value stands; `undefined` until warm and where the bands have no width. */
  add(value: number): number | undefined {
    const bands = this.#bands.add(value);
    this.#equal = value === this.#before ? this.#equal + 1 : 1;
    this.#before = value;
    if (bands === undefined || this.#equal >= this.period) return undefined;
    const { lower, upper } = bands;
    return upper > lower ? (value - lower) / (upper - lower) : undefined;
  }
}

/** `PercentB` over a whole column. */
export function percentB(values: Column, period: number, width: number): Line {
  const machine = new PercentB(period, width);
  const line = emptyLine(values.length);
  for (let i = 0; i < values.length; i++) {
    const y = machine.add(values[i] as number);
    if (y !== undefined) line[i] = y;
  }
  return line;
}
