import path from "node:path";
import type { Database } from "./adapters/db/database";
import { CandleFilesFeed } from "./adapters/market/candle-files-feed";
import { SimulatedMarketFeed } from "./adapters/market/simulated-market-feed";
import type { Env } from "./env";
import { type MarketClock, type MarketFeed, PlaybackClock, WallMarketClock } from "./market";
import { type Clock, DAY_MS, DomainError } from "./shared";

/** Days of history that a playback begins with. */
export const HISTORY_DAYS = 14;
const ANCHOR = "market-anchor";

export type MarketSetup = {
  readonly feed: MarketFeed;
  readonly clock: MarketClock;
  /** Whether market time is wall time, so that a venue's prices of now belong to it. */
  readonly live: boolean;
  readonly seenPrices: ((symbol: string) => { priceDecimals: number; priceHint: number }) | undefined;
};

/** The market this process trades on: candle files played from two weeks in, else the simulated market at wall time. */
export async function openMarket(env: Env, db: Database, wall: Clock): Promise<MarketSetup> {
  if (!env.MARKET_CANDLES_DIR)
    return { feed: new SimulatedMarketFeed(env.MARKET_SEED), clock: new WallMarketClock(wall), live: true, seenPrices: undefined };
  const feed = await CandleFilesFeed.open(path.resolve(/*turbopackIgnore: true*/ env.MARKET_CANDLES_DIR));
  const first = Math.max(...feed.symbols().map((s) => s.firstTime ?? 0));
  const start = Math.ceil((first + HISTORY_DAYS * DAY_MS) / DAY_MS) * DAY_MS;
  const end = Math.min(...feed.symbols().map((s) => s.endTime ?? Number.POSITIVE_INFINITY));
  if (start >= end)
    throw new DomainError(
      "FEED_TOO_SHORT",
      `The candle files must reach further than ${HISTORY_DAYS} days; they end before the playback would begin.`,
      { field: "MARKET_CANDLES_DIR" },
    );
  // Kept over restarts: time goes on while the product is off, and the outage shows as a gap.
  const stored = await db.prisma.setting.upsert({
    where: { key: ANCHOR },
    create: { key: ANCHOR, value: { market: start, wall: wall.now(), speed: env.MARKET_SPEED } },
    update: {},
  });
  const anchor = stored.value as { market: number; wall: number; speed: number };
  return {
    feed,
    clock: new PlaybackClock(anchor.market, anchor.wall, anchor.speed, wall),
    live: false,
    seenPrices: (symbol) => feed.seenPrices(symbol),
  };
}
