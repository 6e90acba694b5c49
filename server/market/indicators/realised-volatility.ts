import { type Column, checkFactor, checkPeriod, emptyLine, type Line, positive } from "./line";
import { Ring } from "./ring";

/**
 * Realised volatility (Andersen and Bollerslev, International Economic Review 39, 1998): √(Σ r² × barsPerYear / period) over the last
 * `period` log returns, a share a year (0.5 = 50 %). No mean is taken off, as is usual for short bars. `barsPerYear` for a market that never
 * closes: 8,766 hourly, 365.25 daily; 1 gives the volatility of one bar. Warm after `period` + 1 closes. Constant prices give 0: that is their
 * volatility. Throws INVALID_PERIOD, INVALID_FACTOR, NOT_A_NUMBER, INVALID_PRICE (zero or negative: it has no logarithm).
 */
export class RealisedVolatility {
  readonly warmUp: number;
  readonly #squares: Ring;
  readonly #perYear: number;
  #before: number | undefined;
  constructor(
    readonly period: number,
    barsPerYear: number,
  ) {
    this.warmUp = checkPeriod(period) + 1;
    this.#perYear = checkFactor(barsPerYear, 32_000_000, "barsPerYear") / period;
    this.#squares = new Ring(period);
  }

  /** The volatility with this close in it; `undefined` until warm. */
  add(close: number): number | undefined {
    const before = this.#before;
    this.#before = positive(close, "close");
    if (before === undefined) return undefined;
    this.#squares.push((Math.log(close) - Math.log(before)) ** 2);
    if (!this.#squares.full) return undefined;
    let total = 0;
    for (let i = 0; i < this.period; i++) total += this.#squares.at(i);
    return Math.sqrt(total * this.#perYear);
  }
}

/** `RealisedVolatility` over a whole column. */
export function realisedVolatility(closes: Column, period: number, barsPerYear: number): Line {
  const machine = new RealisedVolatility(period, barsPerYear);
  const line = emptyLine(closes.length);
  for (let i = 0; i < closes.length; i++) {
    const y = machine.add(closes[i] as number);
    if (y !== undefined) line[i] = y;
  }
  return line;
}
