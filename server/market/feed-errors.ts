import { DomainError } from "@/server/shared";
import { INTERVAL_MS, type Interval, type SymbolId, type SymbolInfo } from "./types";

/** Names the symbols there are. */
export const unknownSymbol = (symbol: string, available: readonly SymbolId[], field = "symbol"): DomainError =>
  new DomainError("UNKNOWN_SYMBOL", `there are no prices for ${symbol.slice(0, 40)}; available: ${available.join(", ")}`, {
    field,
    data: { symbol: symbol.slice(0, 40) },
  });

export const intervalTooFine = (interval: Interval, info: SymbolInfo): DomainError =>
  new DomainError("INTERVAL_TOO_FINE", `${info.symbol} has bars of ${info.baseInterval}; ${interval} is finer`, { field: "interval" });

/** The source itself cannot be read. */
export const feedUnavailable = (message: string, cause?: unknown): DomainError =>
  new DomainError("FEED_UNAVAILABLE", message, { kind: "unavailable", cause });

/** Bars may be missing for this many base intervals before a decision on them is refused. */
export const STALE_AFTER_BARS = 3;

/** Throws FEED_STALE when the last bar known at `at` closed more than three base intervals ago (ms). */
export function assertFresh(symbol: SymbolId, lastClose: number | null, at: number, base: Interval): void {
  if (lastClose !== null && at - lastClose <= STALE_AFTER_BARS * INTERVAL_MS[base]) return;
  const since = lastClose === null ? "never" : new Date(lastClose).toISOString();
  throw new DomainError("FEED_STALE", `the last price of ${symbol} is from ${since}: too old to decide on`, {
    kind: "unavailable",
    data: { symbol, lastClose },
  });
}

/** Throws FEED_STALE, naming venue, symbol and age, when the newest price known at `at` (ms) is older than `limitMs`. */
export function assertLive(feed: { readonly venue: string; readonly symbol: SymbolId }, newest: number | null, at: number, limitMs: number): void {
  if (newest !== null && at - newest <= limitMs) return;
  const age = newest === null ? null : at - newest;
  const said = age === null ? "has sent no recent price" : `sent its last price ${seconds(age)} ago`;
  throw new DomainError("FEED_STALE", `${feed.venue} ${said} for ${feed.symbol}; nothing older than ${seconds(limitMs)} is decided on`, {
    kind: "unavailable",
    data: { venue: feed.venue, symbol: feed.symbol, newest, ageMs: age },
  });
}

const seconds = (ms: number): string => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);
