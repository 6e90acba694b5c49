import { alignedLength, type Column, checkBar, checkPeriod, emptyLine, type Line } from "./line";
import { Wilder } from "./wilder";

/** One bar's directional movement, each 0 to 100; `adx` comes `period` − 1 bars after the others. */
export type AdxPoint = { readonly plusDi: number; readonly minusDi: number; readonly adx: number | undefined };
export type AdxLines = { readonly plusDi: Line; readonly minusDi: Line; readonly adx: Line };

/**
 * Average directional index (Wilder 1978; R TTR `ADX`). +DM and −DM (the larger of the two moves beyond the last bar, if any) over the true
 * range, all under Wilder's smoothing; DX = 100 × |+DI − −DI| / (+DI + −DI), ADX its Wilder average. +DI and −DI are warm after `period` + 1
 * bars, ADX after 2 × `period`. Where nothing has moved the formulas are 0/0: there is no direction, and DI and DX are 0.
 * Throws INVALID_PERIOD, NOT_A_NUMBER, INVALID_BAR.
 */
export class Adx {
  /** Until all three have values. */
  readonly warmUp: number;
  readonly #range: Wilder;
  readonly #plus: Wilder;
  readonly #minus: Wilder;
  readonly #dx: Wilder;
  #before: { readonly high: number; readonly low: number; readonly close: number } | undefined;
  constructor(readonly period: number) {
    this.warmUp = 2 * checkPeriod(period);
    [this.#range, this.#plus, this.#minus, this.#dx] = [new Wilder(period), new Wilder(period), new Wilder(period), new Wilder(period)];
  }

  /** The figures after this bar; `undefined` until the first are warm. */
  add(high: number, low: number, close: number): AdxPoint | undefined {
    checkBar(high, low, close);
    const before = this.#before;
    this.#before = { high, low, close };
    if (before === undefined) return undefined;
    const up = high - before.high;
    const down = before.low - low;
    const range = this.#range.step(Math.max(high, before.close) - Math.min(low, before.close));
    const plus = this.#plus.step(up > down && up > 0 ? up : 0);
    const minus = this.#minus.step(down > up && down > 0 ? down : 0);
    if (Number.isNaN(range)) return undefined;
    const plusDi = range > 0 ? (100 * plus) / range : 0;
    const minusDi = range > 0 ? (100 * minus) / range : 0;
    const both = plusDi + minusDi;
    const adx = this.#dx.step(both > 0 ? (100 * Math.abs(plusDi - minusDi)) / both : 0);
    return { plusDi, minusDi, adx: Number.isNaN(adx) ? undefined : adx };
  }
}

/** `Adx` over whole columns. Throws MISALIGNED_SERIES when their lengths differ. */
export function adx(high: Column, low: Column, close: Column, period = 14): AdxLines {
  const machine = new Adx(period);
  const n = alignedLength({ high, low, close });
  const lines = { plusDi: emptyLine(n), minusDi: emptyLine(n), adx: emptyLine(n) };
  for (let i = 0; i < n; i++) {
    const point = machine.add(high[i] as number, low[i] as number, close[i] as number);
    if (point === undefined) continue;
    lines.plusDi[i] = point.plusDi;
    lines.minusDi[i] = point.minusDi;
    if (point.adx !== undefined) lines.adx[i] = point.adx;
  }
  return lines;
}
