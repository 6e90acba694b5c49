import { alignedLength, type Column, checkBar, checkPeriod, emptyLine, type Line } from "./line";

/**
 * Average true range in price units (Wilder 1978; R TTR `ATR`): true range = max(high, close before) − min(low, close before) under
 * Wilder's smoothing, started from a simple average. The first bar has no close before it and so no true range: warm after
 * `period` + 1 bars. Constant prices give 0, which is their range. Throws INVALID_PERIOD, NOT_A_NUMBER, INVALID_BAR.
 */
export class Atr {
  readonly warmUp: number;
  #ranges = -1;
  #closeBefore = 0;
  #current = 0;
  constructor(readonly period: number) {
    this.warmUp = checkPeriod(period) + 1;
  }

  /** The range after this bar; `undefined` until warm. */
  add(high: number, low: number, close: number): number | undefined {
    const y = this.step(high, low, close);
    return Number.isNaN(y) ? undefined : y;
  }

  /** What `add` answers with NaN for `undefined`: numbers alone stay unboxed in a loop. */
  step(high: number, low: number, close: number): number {
    const { period } = this;
    checkBar(high, low, close);
    const before = this.#closeBefore;
    this.#closeBefore = close;
    const range = Math.max(high, before) - Math.min(low, before);
    if (this.#ranges >= period) {
      this.#current += (range - this.#current) / period;
      return this.#current;
    }
    if (++this.#ranges === 0) return Number.NaN;
    this.#current += range;
    if (this.#ranges < period) return Number.NaN;
    this.#current /= period;
    return this.#current;
  }
}

/** `Atr` over whole columns. Throws MISALIGNED_SERIES when their lengths differ. */
export function atr(high: Column, low: Column, close: Column, period: number): Line {
  const machine = new Atr(period);
  const n = alignedLength({ high, low, close });
  const line = emptyLine(n);
  for (let i = 0; i < n; i++) {
    const y = machine.step(high[i] as number, low[i] as number, close[i] as number);
    if (i >= period) line[i] = y;
  }
  return line;
}
