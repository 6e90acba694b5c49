import { setImmediate } from "node:timers/promises";
import { type Candle, INTERVAL_MS, type Interval, type MarketFeed } from "@/server/market";
import type { PriceSeries } from "@/server/risk";
import { DAY_MS, toNumber } from "@/server/shared";

/**
 * The last `limit` closed bars of a symbol. A simulated market computes its bars when they are first asked for: there a day at a time, so that
 * nothing else waits for months of them.
 */
export async function barsOf(feed: MarketFeed, symbol: string, interval: Interval, at: number, limit: number): Promise<readonly Candle[]> {
  const kind = (feed.sourceOf?.(symbol) ?? feed.source).kind;
  if (kind !== "simulated") return feed.candles({ symbol, interval, at, limit });
  const ms = INTERVAL_MS[interval];
  const slice = Math.max(1, Math.floor(DAY_MS / ms));
  const slices: (readonly Candle[])[] = [];
  for (let left = limit, end = Math.floor(at / ms) * ms; left > 0; left -= slice, end -= slice * ms) {
    slices.unshift(await feed.candles({ symbol, interval, at: end, limit: Math.min(left, slice) }));
    await setImmediate();
  }
  return slices.flat();
}

/** Closes as floats: for statistics only. */
export const seriesOf = (symbol: string, bars: readonly Candle[], stepMs: number): PriceSeries => ({
  symbol,
  times: bars.map((b) => b.openTime + stepMs),
  prices: bars.map((b) => toNumber(b.close)),
});
