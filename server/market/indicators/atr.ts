import { alignedLength, type Column, checkBars, checkPeriod, emptyLine, type Line } from "./line";

/**
 * Average true range in price units (Wilder 1978; R TTR `ATR`): true range = max(high, close before) − min(low, close before) under
 * Wilder's smoothing, started from a simple average. The first bar has no close before it and so no true range: warm after
 * `period` + 1 bars. Constant prices give 0, which is their range. Throws INVALID_PERIOD, NOT_A_NUMBER, INVALID_BAR.
 */
export class Atr {
  readonly warmUp: number;
  #seen = 0;
  #before = 0;
  #current = 0;
  constructor(readonly period: number) {
    this.warmUp = checkPeriod(period) + 1;
  }

  /** The range after this bar; `undefined` until warm. */
  add(high: number, low: number, close: number): number | undefined {
    return this.addAll([high], [low], [close])[0];
  }

  /** The same as `add` for each bar in turn. Throws MISALIGNED_SERIES when the columns' lengths differ. */
  addAll(high: Column, low: Column, close: Column): Line {
    const n = alignedLength({ high, low, close });
    checkBars(high, low, close, n);
    const { period } = this;
    const out = emptyLine(n, this.#seen + n > period);
    let [before, current] = [this.#before, this.#current];
    const offset = this.#seen;
    for (let i = 0; i < n; i++) {
      const range = Math.max(high[i] as number, before) - Math.min(low[i] as number, before);
      before = close[i] as number;
      const at = i + offset;
      if (at === 0) continue;
      if (at > period) current += (range - current) / period;
      else {
        current += range;
        if (at < period) continue;
        current /= period;
      }
      out[i] = current;
    }
    [this.#before, this.#current] = [before, current];
    this.#seen += n;
    return out;
  }
}

/** `Atr` over whole columns. */
export const atr = (high: Column, low: Column, close: Column, period: number): Line => new Atr(period).addAll(high, low, close);
