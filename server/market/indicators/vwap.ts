import { alignedLength, type Column, checkPeriod, checkVolume, emptyLine, finite, type Line } from "./line";
import { Ring } from "./ring";

/**
 * Volume-weighted average price over the last `period` bars: Σ price × volume / Σ volume, in price units (R TTR `VWAP`). What stands for a
 * bar's price is the caller's choice: the close, or the typical price (high + low + close) / 3. Warm after `period` bars; `undefined` where
 * nothing was traded in all of them. Throws INVALID_PERIOD, NOT_A_NUMBER, INVALID_BAR (negative volume).
 */
export class Vwap {
  readonly warmUp: number;
  readonly #prices: Ring;
  readonly #volumes: Ring;
  constructor(readonly period: number) {
    this.warmUp = checkPeriod(period);
    this.#prices = new Ring(period);
    this.#volumes = new Ring(period);
  }

  /** The average with this bar in it; `undefined` until warm and where nothing was traded. */
  add(price: number, volume: number): number | undefined {
    finite(price, "price");
    this.#volumes.push(checkVolume(volume));
    this.#prices.push(price);
    if (!this.#prices.full) return undefined;
    // Distances from one of the prices: an average of equal prices is that price, to the last digit.
    const near = this.#prices.at(0);
    let traded = 0;
    let weighted = 0;
    for (let i = 0; i < this.period; i++) {
      const v = this.#volumes.at(i);
      traded += v;
      weighted += (this.#prices.at(i) - near) * v;
    }
    return traded > 0 ? near + weighted / traded : undefined;
  }
}

/** `Vwap` over whole columns. Throws MISALIGNED_SERIES when their lengths differ. */
export function vwap(price: Column, volume: Column, period: number): Line {
  const machine = new Vwap(period);
  const n = alignedLength({ price, volume });
  const line = emptyLine(n);
  for (let i = 0; i < n; i++) {
    const y = machine.add(price[i] as number, volume[i] as number);
    if (y !== undefined) line[i] = y;
  }
  return line;
}
