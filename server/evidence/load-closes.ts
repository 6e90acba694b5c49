import type { Interval, MarketFeed } from "@/server/market";
import { INTERVAL_MS } from "@/server/market";

/** Bars asked for at once. */
const PAGE = 1000;

/** Closes of every bar that closed in (from − 3 bars, to], at the instants they were known. Throws what the feed throws. */
export async function loadCloses(
  feed: MarketFeed,
  symbol: string,
  interval: Interval,
  from: number,
  to: number,
): Promise<readonly { readonly at: number; readonly close: number }[]> {
  const barMs = INTERVAL_MS[interval];
  const first = from - 3 * barMs;
  const pages: { at: number; close: number }[][] = [];
  for (let at = to; at > first; ) {
    const limit = Math.min(PAGE, Math.ceil((at - first) / barMs));
    const bars = await feed.candles({ symbol, interval, at, limit });
    if (bars.length === 0) break;
    pages.push(bars.map((b) => ({ at: b.openTime + barMs, close: Number(b.close) / 1e18 })));
    const oldest = bars[0]?.openTime ?? first;
    if (oldest >= at) break;
    at = oldest;
  }
  return pages.reverse().flat();
}
