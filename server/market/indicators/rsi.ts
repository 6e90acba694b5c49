import { type Column, checkPeriod, emptyLine, finite, type Line } from "./line";

/**
 * Relative strength index, 0 to 100 (Wilder, New Concepts in Technical Trading Systems, 1978; R TTR `RSI`): gains and losses under
 * Wilder's smoothing, started from the simple average of the first `period` changes. Warm after `period` + 1 values.
 * Where nothing has moved gains and losses are both zero and the formula is 0/0: the answer is 50, neither bought nor sold.
 * Throws INVALID_PERIOD, NOT_A_NUMBER.
 */
export class Rsi {
  readonly warmUp: number;
  #changes = -1;
  #before = 0;
  #up = 0;
  #down = 0;
  constructor(readonly period: number) {
    this.warmUp = checkPeriod(period) + 1;
  }

  /** The index after this value; `undefined` until warm. */
  add(value: number): number | undefined {
    const y = this.step(value);
    return Number.isNaN(y) ? undefined : y;
  }

  /** What `add` answers with NaN for `undefined`: numbers alone stay unboxed in a loop. */
  step(value: number): number {
    const { period } = this;
    const change = finite(value, "value") - this.#before;
    this.#before = value;
    const gain = Math.max(change, 0);
    const loss = change < 0 ? -change : 0;
    if (this.#changes >= period) {
      this.#up += (gain - this.#up) / period;
      this.#down += (loss - this.#down) / period;
    } else {
      if (++this.#changes === 0) return Number.NaN;
      this.#up += gain;
      this.#down += loss;
      if (this.#changes < period) return Number.NaN;
      this.#up /= period;
      this.#down /= period;
    }
    const moved = this.#up + this.#down;
    return moved === 0 ? 50 : (100 * this.#up) / moved;
  }
}

/** `Rsi` over a whole column. */
export function rsi(values: Column, period: number): Line {
  const machine = new Rsi(period);
  const line = emptyLine(values.length);
  for (let i = 0; i < values.length; i++) {
    const y = machine.step(values[i] as number);
    if (i >= period) line[i] = y;
  }
  return line;
}
