import type { Exchange } from "ccxt";
import type { Venue, VenueId } from "./venues";

/** Where a venue is reached instead of its own addresses: origins only, paths stay the venue's. */
export type VenueUrls = { readonly rest?: string | undefined; readonly ws?: string | undefined };

type ExchangeClass = new (options: object) => Exchange;

// By file, not by package name: the package's door loads all its hundred exchanges (98 MB, 0.6 s), these three are a third of that.
const CLASSES: Readonly<Record<VenueId, () => Promise<{ default: unknown }>>> = {
  binance: () => import("../../../../node_modules/ccxt/js/src/pro/binance.js"),
  coinbase: () => import("../../../../node_modules/ccxt/js/src/pro/coinbase.js"),
  kraken: () => import("../../../../node_modules/ccxt/js/src/pro/kraken.js"),
};

/** Most a single request may take (ms). */
const REQUEST_TIMEOUT_MS = 5_000;

/** A connection to a venue's public data, without keys. `exact` keeps every number as the text the venue sent. */
export async function openExchange(
  venue: Venue,
  urls: VenueUrls,
  { exact, spacingMs }: { readonly exact: boolean; readonly spacingMs?: number | undefined },
): Promise<Exchange> {
  const Class = (await CLASSES[venue.id]()).default as ExchangeClass;
  const exchange = new Class({
    enableRateLimit: true,
    // The library knows each venue's limit and each request's weight, and queues by both.
    ...(spacingMs === undefined ? {} : { rateLimit: spacingMs }),
    timeout: REQUEST_TIMEOUT_MS,
    // Without its name the ticker stream of Binance is the small one, which has no quotes.
    options: { fetchMarkets: { types: ["spot"] }, watchTickers: { name: "ticker" }, ws: { backoff: { base: 500, factor: 2, max: 30_000 } } },
  });
  if (exact) exchange.number = String as never;
  // Currencies are asked for by a second, larger call and are not needed; coarse markets carry all that is.
  exchange.has.fetchCurrencies = false;
  exchange.urls.api = moved(exchange.urls.api, urls);
  if (urls.ws?.startsWith("ws://")) await exchange.loadHttpProxyAgent();
  return exchange;
}

/** The same tree of addresses on other origins. */
function moved(tree: unknown, urls: VenueUrls): never {
  if (typeof tree === "string") {
    const origin = tree.startsWith("ws") ? urls.ws : urls.rest;
    return (origin ? tree.replace(/^[a-z]+:\/\/[^/]+/, origin) : tree) as never;
  }
  if (tree === null || typeof tree !== "object") return tree as never;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, moved(value, urls)])) as never;
}
