import { CONTEXT_BARS } from "@/server/agents";
import { GUARD, MAY_ENTER, MAY_EXIT, Reach, type Screen, SURE_ENTER, SURE_EXIT } from "./screen";
import { WindowedAverage } from "./windowed-average";

const ATR_PERIOD = 14;
const FRESH_EVERY = 256;
/** As GUARD, for squares of prices. */
const SQUARE_GUARD = 1e-11;

/** Below the lower band with a low RSI, out at the middle band, at a high RSI, or some ATR below the entry. Its exit depends on the entry. */
export class MeanRevertScreen implements Screen {
  readonly #params: { rsiBuy: number; rsiSell: number; bandWidth: number; stopAtr: number };
  readonly #gains: WindowedAverage;
  readonly #losses: WindowedAverage;
  readonly #range: WindowedAverage;
  readonly #recent: Float64Array;
  readonly #reach = new Reach();
  #at = 0;
  #seen = 0;
  #near = 0;
  #total = 0;
  #squares = 0;
  #before = Number.NaN;
  #stopDistance = Number.NaN;
  #close = Number.NaN;
  #guard = 0;
  #flags = 0;

  constructor(params: Readonly<Record<string, number>>) {
    const { rsiPeriod = 0, rsiBuy = 0, rsiSell = 0, bandPeriod = 0, bandWidth = 0, stopAtr = 0 } = params;
    this.#params = { rsiBuy, rsiSell, bandWidth, stopAtr };
    this.#gains = new WindowedAverage(rsiPeriod, 1 / rsiPeriod, CONTEXT_BARS - 1);
    this.#losses = new WindowedAverage(rsiPeriod, 1 / rsiPeriod, CONTEXT_BARS - 1);
    this.#range = new WindowedAverage(ATR_PERIOD, 1 / ATR_PERIOD, CONTEXT_BARS - 1);
    this.#recent = new Float64Array(bandPeriod);
  }

  add(high: number, low: number, close: number): void {
    const { rsiBuy, rsiSell, bandWidth, stopAtr } = this.#params;
    const most = this.#reach.add(high);
    this.#band(close);
    const first = Number.isNaN(this.#before);
    const change = close - this.#before;
    const up = first ? Number.NaN : this.#gains.add(Math.max(change, 0));
    const down = first ? Number.NaN : this.#losses.add(change < 0 ? -change : 0);
    const range = first ? Number.NaN : this.#range.add(Math.max(high, this.#before) - Math.min(low, this.#before));
    this.#before = close;
    this.#close = close;
    this.#guard = GUARD * (1 + stopAtr) * most;
    this.#stopDistance = stopAtr * range;
    const period = this.#recent.length;
    if (this.#seen < period || Number.isNaN(range) || Number.isNaN(up)) {
      this.#flags = 0;
      return;
    }
    const mean = this.#total / period;
    const variance = this.#squares / period - mean * mean;
    const below = this.#near + mean - close;
    const squareGuard = SQUARE_GUARD * (1 + bandWidth * bandWidth) * most * most;
    // RSI below a level: 100 × up < level × (up + down), without dividing by what may be zero.
    const buyLevel = 100 * up - rsiBuy * (up + down);
    const sellLevel = 100 * up - rsiSell * (up + down);
    const levelGuard = 200 * GUARD * most;
    const outside = below > -this.#guard && below * below - bandWidth * bandWidth * variance > -squareGuard;
    const enters = outside && buyLevel < levelGuard;
    const surely = below > this.#guard && below * below - bandWidth * bandWidth * variance > squareGuard && buyLevel < -levelGuard;
    const exits = below < this.#guard || sellLevel > -levelGuard;
    const surelyOut = below < -this.#guard || sellLevel > levelGuard;
    this.#flags = (enters ? MAY_ENTER : 0) | (surely ? SURE_ENTER : 0) | (exits ? MAY_EXIT : 0) | (surelyOut ? SURE_EXIT : 0);
  }

  may(entry: number): number {
    // The stop: below the entry by some ATR.
    return this.#close < entry - this.#stopDistance + this.#guard + GUARD * entry ? this.#flags | MAY_EXIT : this.#flags;
  }

  #band(close: number): void {
    const recent = this.#recent;
    const out = (recent[this.#at] as number) - this.#near;
    const d = close - this.#near;
    recent[this.#at] = close;
    this.#at = this.#at + 1 === recent.length ? 0 : this.#at + 1;
    this.#seen += 1;
    if (this.#seen % FRESH_EVERY === 0 || this.#seen === recent.length) {
      // Distances from a price nearby: sums of squared prices would cancel each other's digits away.
      this.#near = close;
      this.#total = 0;
      this.#squares = 0;
      for (const v of recent) {
        this.#total += v - close;
        this.#squares += (v - close) * (v - close);
      }
    } else {
      this.#total += d - out;
      this.#squares += d * d - out * out;
    }
  }
}
