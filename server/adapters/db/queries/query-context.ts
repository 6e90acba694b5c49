import type { MarketFeed } from "@/server/market";
import type { Clocks } from "@/server/shared";
import type { ExchangeClient } from "@/server/trading";
import type { Database } from "../database";

/** What every read model is made from: rows, prices, venue rules and the two clocks. Nothing here writes. */
export type QueryContext = {
  readonly db: Database;
  readonly feed: MarketFeed;
  readonly exchange: Pick<ExchangeClient, "instrument">;
  readonly clocks: Clocks;
};
