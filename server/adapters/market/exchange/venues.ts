import type { Interval } from "@/server/market";

export const VENUE_IDS = ["binance", "coinbase", "kraken"] as const;
export type VenueId = (typeof VENUE_IDS)[number];

/** What differs between the venues' public interfaces. */
export type Venue = {
  readonly id: VenueId;
  readonly label: string;
  /** Most bars one request returns. */
  readonly pageBars: number;
  /** Only this many newest bars can be had at all; null = the whole history. */
  readonly historyBars: number | null;
  /** What it publishes; a coarser interval that is missing is made from a finer one. */
  readonly intervals: Readonly<Partial<Record<Interval, string>>>;
  /** Most market requests a second, as the queue spaces them; shown to people. */
  readonly requestsPerSecond: number;
  /** Names of last price, best bid and best ask in a raw ticker message of its stream. */
  readonly tickerKeys: readonly [last: string, bid: string, ask: string];
  readonly streams: { readonly ticker: true; readonly candles: boolean; readonly book: true };
};

const ALL = { "1m": "1m", "5m": "5m", "15m": "15m", "1h": "1h", "4h": "4h", "1d": "1d" } as const;

export const VENUES: Readonly<Record<VenueId, Venue>> = {
  binance: {
    id: "binance",
    label: "Binance",
    pageBars: 1000,
    historyBars: null,
    intervals: ALL,
    requestsPerSecond: 10,
    tickerKeys: ["c", "b", "a"],
    streams: { ticker: true, candles: true, book: true },
  },
  coinbase: {
    id: "coinbase",
    label: "Coinbase",
    // It refuses ranges of 300 bars and more counting both ends.
    pageBars: 299,
    historyBars: null,
    intervals: { "1m": "1m", "5m": "5m", "15m": "15m", "1h": "1h", "1d": "1d" },
    requestsPerSecond: 9.8,
    tickerKeys: ["price", "best_bid", "best_ask"],
    streams: { ticker: true, candles: false, book: true },
  },
  kraken: {
    id: "kraken",
    label: "Kraken",
    pageBars: 720,
    historyBars: 720,
    intervals: ALL,
    requestsPerSecond: 0.8,
    tickerKeys: ["last", "bid", "ask"],
    streams: { ticker: true, candles: true, book: true },
  },
};
