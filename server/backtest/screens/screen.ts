/** What a rule might want at a bar: nothing, to enter if flat, to exit if it holds. */
export const MAY_ENTER = 1;
export const MAY_EXIT = 2;
/** The rule certainly enters if flat, certainly exits if it holds: what it would say is known but for its words. */
export const SURE_ENTER = 4;
export const SURE_EXIT = 8;

/**
 * Sorts bars into those at which a rule certainly does nothing, certainly acts, or must be asked. A screen's own rounding is far below the
 * margin it leaves: wherever the figures are closer than that, the real rule is asked on the real window, so that rounding can cost time,
 * but never change a trade.
 */
export interface Screen {
  /** Takes the next closed bar. */
  add(high: number, low: number, close: number): void;
  /** MAY_ and SURE_ flags (sure only where it also may) for the window that ends with the last bar. `entry` = average entry price, 0 when flat. */
  may(entry: number): number;
}

/** Share of the largest price in reach that a screen's own rounding is far below (it is about 10⁻¹³ of it). */
export const GUARD = 1e-9;

/** The largest price in reach fades by this a bar: slower than the slowest average forgets (1 − 1/100). */
export const REACH_FADE = 0.992;

/** The largest price in reach of an average. */
export class Reach {
  #most = 0;
  add(price: number): number {
    this.#most = Math.max(price, this.#most * REACH_FADE);
    return this.#most;
  }
}
