import type { Fixed } from "@/server/shared";

/** "BASE/QUOTE", upper case. */
export type SymbolId = string;

export const INTERVALS = ["1m", "5m", "15m", "1h", "4h", "1d"] as const;
export type Interval = (typeof INTERVALS)[number];
export const INTERVAL_MS: Readonly<Record<Interval, number>> = {
  "1m": 60_000,
  "5m": 300_000,
  "15m": 900_000,
  "1h": 3_600_000,
  "4h": 14_400_000,
  "1d": 86_400_000,
};

/** One bar. `openTime` in ms UTC, prices in quote currency per base unit, volume in base units. */
export type Candle = {
  readonly openTime: number;
  readonly open: Fixed;
  readonly high: Fixed;
  readonly low: Fixed;
  readonly close: Fixed;
  readonly volume: Fixed;
};

/** What kind of prices these are; shown wherever a result is shown. */
export type MarketSource = { readonly kind: "simulated" | "files" | "exchange"; readonly label: string };

export type SymbolInfo = {
  readonly symbol: SymbolId;
  /** Finest bar the source has; coarser ones are resampled from it. */
  readonly baseInterval: Interval;
  /** Open time of the first bar, and end of the last one (ms); null = no bound. */
  readonly firstTime: number | null;
  readonly endTime: number | null;
};

/** A base bar as seen at some instant: its open is known as soon as it opens, the rest only once it has closed. */
export type BarView = { readonly openTime: number; readonly open: Fixed; readonly closed: Candle | null };

export type PricePoint = { readonly price: Fixed; readonly at: number };

/** Last trade and best quotes of a venue. `at` = when the venue says it was (ms), null when it does not say. */
export type Ticker = {
  readonly symbol: SymbolId;
  readonly last: Fixed;
  readonly bid: Fixed | null;
  readonly ask: Fixed | null;
  readonly at: number | null;
};

export type BookLevel = { readonly price: Fixed; readonly quantity: Fixed };

/** Resting orders of a venue, best first on each side. */
export type OrderBook = {
  readonly symbol: SymbolId;
  readonly bids: readonly BookLevel[];
  readonly asks: readonly BookLevel[];
  readonly at: number | null;
};

/** Base units resting on each side of a book, over the levels that were asked for. */
export type MarketDepth = { readonly bids: Fixed; readonly asks: Fixed };
