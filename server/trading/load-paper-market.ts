import type { MarketFeed } from "@/server/market";
import type { PaperMarket } from "./paper-types";
import type { Instrument } from "./types";

/** What the matcher needs of one symbol: base bars from `from` up to `at`, and the volume of the bar before them (looked for up to three bars back). */
export async function loadPaperMarket(feed: MarketFeed, instrument: Instrument, baseMs: number, from: number, at: number): Promise<PaperMarket> {
  const symbol = instrument.symbol;
  const views = await feed.bars({ symbol, from: from - LOOK_BACK * baseMs, at });
  const start = views.findIndex((v) => v.openTime >= from);
  const bars = start < 0 ? [] : views.slice(start);
  const before = (start < 0 ? views : views.slice(0, start)).findLast((v) => v.closed !== null);
  return { instrument, baseMs, bars, volumeBefore: before?.closed?.volume ?? null };
}

/** After a longer outage the first bar opens without a known volume, and nothing fills at that open. */
const LOOK_BACK = 3;
