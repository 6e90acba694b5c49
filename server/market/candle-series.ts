import { DomainError } from "@/server/shared";
import { assertFresh, intervalTooFine } from "./feed-errors";
import { resample } from "./resample";
import { type BarView, type Candle, INTERVAL_MS, type Interval, type PricePoint, type SymbolInfo } from "./types";

/** The most bars one query returns. */
export const MAX_CANDLES = 5_000;

/** Throws INVALID_LIMIT unless 1 to 5,000. */
export function checkLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_CANDLES) {
    throw new DomainError("INVALID_LIMIT", `between 1 and ${MAX_CANDLES} bars can be asked for`, { field: "limit" });
  }
}

/** Base bars of one symbol in memory, and what was known of them at any instant. Coarser bars are made once. */
export class CandleSeries {
  readonly #coarse = new Map<Interval, readonly Candle[]>();
  readonly #baseMs: number;
  constructor(
    readonly info: SymbolInfo,
    readonly base: readonly Candle[],
  ) {
    this.#baseMs = INTERVAL_MS[info.baseInterval];
  }

  /** Last `limit` bars closed by `at`. Throws INTERVAL_TOO_FINE, INVALID_LIMIT, FEED_STALE. */
  candles(interval: Interval, at: number, limit: number): readonly Candle[] {
    checkLimit(limit);
    const ms = INTERVAL_MS[interval];
    if (ms < this.#baseMs) throw intervalTooFine(interval, this.info);
    const first = this.base[0];
    if (!first || at < first.openTime + this.#baseMs) return [];
    const last = this.base[firstAfter(this.base, at - this.#baseMs) - 1] as Candle;
    assertFresh(this.info.symbol, last.openTime + this.#baseMs, at, this.info.baseInterval);
    const bars = this.#at(interval, ms);
    const end = firstAfter(bars, at - ms);
    return bars.slice(Math.max(0, end - limit), end);
  }

  bars(from: number, at: number): readonly BarView[] {
    const views: BarView[] = [];
    for (let i = firstAfter(this.base, from - 1); i < this.base.length; i++) {
      const bar = this.base[i] as Candle;
      if (bar.openTime > at) break;
      views.push({ openTime: bar.openTime, open: bar.open, closed: bar.openTime + this.#baseMs <= at ? bar : null });
    }
    return views;
  }

  /** The first bar that opens at `from` (ms) or later; null when there is none. */
  firstFrom(from: number): Candle | null {
    return this.base[firstAfter(this.base, from - 1)] ?? null;
  }

  price(at: number): PricePoint | null {
    const i = firstAfter(this.base, at) - 1;
    const bar = this.base[i];
    if (!bar) return null;
    const closesAt = bar.openTime + this.#baseMs;
    return closesAt <= at ? { price: bar.close, at: closesAt } : { price: bar.open, at: bar.openTime };
  }

  /** Every bar of an interval, oldest first; coarser ones with a base bar missing are left out. Throws INTERVAL_TOO_FINE. */
  all(interval: Interval): readonly Candle[] {
    const ms = INTERVAL_MS[interval];
    if (ms < this.#baseMs) throw intervalTooFine(interval, this.info);
    return this.#at(interval, ms);
  }

  #at(interval: Interval, ms: number): readonly Candle[] {
    let bars = this.#coarse.get(interval);
    if (!bars) {
      bars = resample(this.base, this.#baseMs, ms).candles;
      this.#coarse.set(interval, bars);
    }
    return bars;
  }
}

/** Index of the first bar that opens after `time`. */
function firstAfter(bars: readonly Candle[], time: number): number {
  let [low, high] = [0, bars.length];
  while (low < high) {
    const mid = (low + high) >> 1;
    if ((bars[mid] as Candle).openTime > time) high = mid;
    else low = mid + 1;
  }
  return low;
}
