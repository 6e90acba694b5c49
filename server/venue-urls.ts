import type { VenueUrls } from "./adapters/market/exchange/open-exchange";
import type { VenueId } from "./adapters/market/exchange/venues";
import type { Env } from "./env";

/** Where each venue's public data is reached, by environment. */
export const venueUrls = (e: Env): Readonly<Record<VenueId, VenueUrls>> => ({
  binance: { rest: e.MARKET_BINANCE_URL, ws: e.MARKET_BINANCE_WS_URL },
  coinbase: { rest: e.MARKET_COINBASE_URL, ws: e.MARKET_COINBASE_WS_URL },
  kraken: { rest: e.MARKET_KRAKEN_URL, ws: e.MARKET_KRAKEN_WS_URL },
});
