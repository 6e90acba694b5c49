import { DomainError } from "@/server/shared";
import { Ema } from "./ema";
import { type Column, emptyLine, type Line } from "./line";

/** One bar's MACD in the unit of the values; `signal` and `histogram` come `signalPeriod` − 1 bars after `macd`. */
export type MacdPoint = { readonly macd: number; readonly signal: number | undefined; readonly histogram: number | undefined };
export type MacdLines = { readonly macd: Line; readonly signal: Line; readonly histogram: Line };

/**
 * Moving average convergence/divergence (Appel 1979; R TTR `MACD(percent = FALSE)`): EMA fast − EMA slow, its signal line the EMA of that,
 * the histogram their difference. `macd` is warm after `slow` values, `signal` after `slow` + `signalPeriod` − 1. Constant prices give 0: the
 * averages agree. Throws INVALID_PERIOD (also when fast is not below slow), NOT_A_NUMBER.
 */
export class Macd {
  /** Until all three lines have values. */
  readonly warmUp: number;
  readonly #fast: Ema;
  readonly #slow: Ema;
  readonly #signal: Ema;
  constructor(fast = 12, slow = 26, signalPeriod = 9) {
    this.#fast = new Ema(fast);
    this.#slow = new Ema(slow);
    this.#signal = new Ema(signalPeriod);
    if (fast >= slow) throw new DomainError("INVALID_PERIOD", `fast (${fast}) must be shorter than slow (${slow})`, { field: "fast" });
    this.warmUp = slow + signalPeriod - 1;
  }

  /** The lines after this value; `undefined` until the first of them is warm. */
  add(value: number): MacdPoint | undefined {
    const fast = this.#fast.add(value);
    const slow = this.#slow.add(value);
    if (fast === undefined || slow === undefined) return undefined;
    const macd = fast - slow;
    const signal = this.#signal.add(macd);
    return { macd, signal, histogram: signal === undefined ? undefined : macd - signal };
  }
}

/** `Macd` over a whole column. */
export function macd(values: Column, fast = 12, slow = 26, signalPeriod = 9): MacdLines {
  const machine = new Macd(fast, slow, signalPeriod);
  const n = values.length;
  const lines = { macd: emptyLine(n), signal: emptyLine(n), histogram: emptyLine(n) };
  for (let i = 0; i < n; i++) {
    const point = machine.add(values[i] as number);
    if (point === undefined) continue;
    lines.macd[i] = point.macd;
    if (point.signal !== undefined) lines.signal[i] = point.signal;
    if (point.histogram !== undefined) lines.histogram[i] = point.histogram;
  }
  return lines;
}
