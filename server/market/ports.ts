import type { BarView, Candle, Interval, MarketDepth, MarketSource, PricePoint, SymbolId, SymbolInfo } from "./types";

/** Prices. Every read names the instant it is made at, and never returns what was not yet known then. */
export interface MarketFeed {
  readonly source: MarketSource;
  symbols(): readonly SymbolInfo[];
  /** The last `limit` bars of the interval that had closed by `at`, oldest first. Throws UNKNOWN_SYMBOL, INTERVAL_TOO_FINE, FEED_UNAVAILABLE. */
  candles(query: { symbol: SymbolId; interval: Interval; at: number; limit: number }): Promise<readonly Candle[]>;
  /** Base bars that opened in [from, at], oldest first; the last may still be forming. Missing bars are simply absent. */
  bars(query: { symbol: SymbolId; from: number; at: number }): Promise<readonly BarView[]>;
  /** Last price known at `at`, or null before the first bar. */
  price(query: { symbol: SymbolId; at: number }): Promise<PricePoint | null>;
  /** What the venue's book offers and asks for now; null when `at` is not now, or no book is known. Feeds of candles have no such method. */
  depth?(query: { symbol: SymbolId; at: number }): Promise<MarketDepth | null>;
  /** Where one symbol's prices come from, for a feed made of several; without it all are of `source`. */
  sourceOf?(symbol: SymbolId): MarketSource;
}

/** The feed of each workspace: every symbol comes from the source that was chosen for it there. */
export interface MarketFeeds {
  of(workspaceId: string): Promise<MarketFeed>;
}
