/** What a rule might want at a bar: nothing, to enter if flat, to exit if it holds. */
export const MAY_ENTER = 1;
export const MAY_EXIT = 2;

/**
 * Sorts bars into those at which a rule certainly holds and those at which it must be asked. It never decides: wherever it says "may",
 * the real rule is asked on the real window, so that rounding in a screen can cost time, but never change a trade.
 */
export interface Screen {
  /** Takes the next closed bar. */
  add(high: number, low: number, close: number): void;
  /** MAY_ENTER | MAY_EXIT for the window that ends with the last bar. `entry` = average entry price, 0 when flat. */
  may(entry: number): number;
}

/** Share of the largest price in reach that a screen's own rounding is far below (it is about 10⁻¹³ of it). */
export const GUARD = 1e-9;

/** The largest price in reach of an average: it fades slower than the slowest average forgets (1 − 1/100 per bar). */
export class Reach {
  #most = 0;
  add(price: number): number {
    this.#most = Math.max(price, this.#most * 0.992);
    return this.#most;
  }
}
