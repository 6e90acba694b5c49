import { type Column, checkAll, checkPeriod, emptyLine, type Line } from "./line";

/**
 * Relative strength index, 0 to 100 (Wilder, New Concepts in Technical Trading Systems, 1978; R TTR `RSI`): gains and losses under
 * Wilder's smoothing, started from the simple average of the first `period` changes. Warm after `period` + 1 values.
 * Where nothing has moved gains and losses are both zero and the formula is 0/0: the answer is 50, neither bought nor sold.
 * Throws INVALID_PERIOD, NOT_A_NUMBER.
 */
export class Rsi {
  readonly warmUp: number;
  #seen = 0;
  #before = 0;
  #up = 0;
  #down = 0;
  constructor(readonly period: number) {
    this.warmUp = checkPeriod(period) + 1;
  }

  /** The index after this value; `undefined` until warm. */
  add(value: number): number | undefined {
    return this.addAll([value])[0];
  }

  /** The same as `add` for each value in turn. */
  addAll(values: Column): Line {
    checkAll(values, "value");
    const { period } = this;
    const n = values.length;
    const out = emptyLine(n, this.#seen + n > period);
    let [before, up, down] = [this.#before, this.#up, this.#down];
    const offset = this.#seen;
    for (let i = 0; i < n; i++) {
      const now = values[i] as number;
      const change = now - before;
      before = now;
      const at = i + offset;
      if (at === 0) continue;
      const gain = Math.max(change, 0);
      const loss = change < 0 ? -change : 0;
      if (at > period) {
        up += (gain - up) / period;
        down += (loss - down) / period;
      } else {
        up += gain;
        down += loss;
        if (at < period) continue;
        up /= period;
        down /= period;
      }
      out[i] = up + down === 0 ? 50 : (100 * up) / (up + down);
    }
    [this.#before, this.#up, this.#down] = [before, up, down];
    this.#seen += n;
    return out;
  }
}

/** `Rsi` over a whole column. */
export const rsi = (values: Column, period: number): Line => new Rsi(period).addAll(values);
