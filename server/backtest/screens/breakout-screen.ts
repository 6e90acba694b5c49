import { RollingMax } from "./rolling-extreme";
import { MAY_ENTER, MAY_EXIT, type Screen, SURE_ENTER, SURE_EXIT } from "./screen";

/** The close against the extremes of the bars before it: comparisons only, so this screen is exact. */
export class BreakoutScreen implements Screen {
  readonly #highs: RollingMax;
  readonly #lows: RollingMax;
  readonly #warm: number;
  #ceiling = Number.NaN;
  #floor = Number.NaN;
  #seen = 0;
  #flags = 0;

  constructor(params: Readonly<Record<string, number>>) {
    const { entryBars = 0, exitBars = 0 } = params;
    this.#highs = new RollingMax(entryBars);
    this.#lows = new RollingMax(exitBars);
    this.#warm = Math.max(entryBars, exitBars);
  }

  add(high: number, low: number, close: number): void {
    this.#seen += 1;
    this.#flags =
      this.#seen <= this.#warm ? 0 : (close > this.#ceiling ? MAY_ENTER | SURE_ENTER : 0) | (close < this.#floor ? MAY_EXIT | SURE_EXIT : 0);
    this.#ceiling = this.#highs.add(high);
    this.#floor = -this.#lows.add(-low);
  }

  may = (): number => this.#flags;
}
