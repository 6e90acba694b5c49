import type { MarketFeed } from "@/server/market";
import { VOLUME_LOOK_BACK } from "./paper-events";
import type { PaperMarket } from "./paper-types";
import type { Instrument } from "./types";

/** What the matcher needs of one symbol: base bars from `from` (ms) up to `at`, and the few before them whose volume bounds the first fill. */
export async function loadPaperMarket(feed: MarketFeed, instrument: Instrument, baseMs: number, from: number, at: number): Promise<PaperMarket> {
  return { instrument, baseMs, bars: await feed.bars({ symbol: instrument.symbol, from: from - VOLUME_LOOK_BACK * baseMs, at }) };
}
