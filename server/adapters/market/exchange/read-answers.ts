import type { BookLevel, Candle, Interval, OrderBook, SymbolId, Ticker } from "@/server/market";
import { INTERVAL_MS } from "@/server/market";
import { DomainError, type Fixed, fixed, max } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import { venueDecimal } from "./venue-decimal";

const bad = (what: string): DomainError => new DomainError("FEED_BAD_ANSWER", `${what} makes no sense`, { kind: "unavailable" });

/** A bar from a row of the client library: [open time ms, open, high, low, close, volume]. Throws FEED_BAD_ANSWER on an impossible one. */
export function readCandle(row: readonly unknown[], interval: Interval): Candle {
  const openTime = Number(row[0]);
  if (!Number.isSafeInteger(openTime) || openTime % INTERVAL_MS[interval] !== 0) throw bad(`a bar at ${String(row[0])}`);
  const [open, high, low, close, volume] = [1, 2, 3, 4, 5].map((i) => venueDecimal(row[i])) as [Fixed, Fixed, Fixed, Fixed, Fixed];
  const possible = low > 0n && volume >= 0n && low <= open && low <= close && high >= open && high >= close;
  if (!possible) throw bad(`the bar of ${new Date(openTime).toISOString()}`);
  return { openTime, open, high, low, close, volume };
}

const optional = (value: unknown): Fixed | null => (value === undefined || value === null || value === "" ? null : venueDecimal(value));

/** Last price and quotes. Throws FEED_BAD_ANSWER without a last price. */
export function readTicker(
  symbol: SymbolId,
  raw: { readonly last?: unknown; readonly bid?: unknown; readonly ask?: unknown; readonly timestamp?: unknown },
): Ticker {
  const last = optional(raw.last);
  if (last === null || last <= 0n) throw bad(`a ticker of ${symbol} without a price`);
  const at = raw.timestamp === undefined || raw.timestamp === null ? Number.NaN : Number(raw.timestamp);
  return { symbol, last, bid: optional(raw.bid), ask: optional(raw.ask), at: Number.isFinite(at) ? at : null };
}

/** An order book; sorted here, because the library sorts prices that are text as text. Throws FEED_BAD_ANSWER on one that crosses itself. */
export function readBook(
  symbol: SymbolId,
  raw: { readonly bids: readonly (readonly unknown[])[]; readonly asks: readonly (readonly unknown[])[]; readonly timestamp?: unknown },
): OrderBook {
  const side = (rows: readonly (readonly unknown[])[]): BookLevel[] =>
    rows.map((r) => ({ price: venueDecimal(r[0]), quantity: venueDecimal(r[1]) })).filter((l) => l.quantity > 0n);
  const bids = side(raw.bids).sort((a, b) => compare(b.price, a.price));
  const asks = side(raw.asks).sort((a, b) => compare(a.price, b.price));
  const [bid, ask] = [bids[0], asks[0]];
  if (bid && ask && bid.price >= ask.price) throw bad(`the book of ${symbol}`);
  return { symbol, bids, asks, at: typeof raw.timestamp === "number" ? raw.timestamp : null };
}

const compare = (a: Fixed, b: Fixed): number => (a < b ? -1 : a > b ? 1 : 0);

type RawMarket = {
  readonly base: string;
  readonly quote: string;
  readonly precision: { readonly price?: unknown; readonly amount?: unknown };
  readonly limits: { readonly amount?: { min?: unknown; max?: unknown } | undefined; readonly cost?: { min?: unknown } | undefined };
  readonly maker?: unknown;
  readonly taker?: unknown;
  readonly info?: { readonly tick_size?: unknown };
};

/** A venue's rules for one symbol; fees are those of its lowest tier. Throws FEED_BAD_ANSWER when tick or lot are missing. */
export function readInstrument(symbol: SymbolId, raw: RawMarket): Instrument {
  const tickSize = optional(raw.info?.tick_size) ?? optional(raw.precision.price);
  const lotSize = optional(raw.precision.amount);
  if (!tickSize || !lotSize || tickSize <= 0n || lotSize <= 0n) throw bad(`the rules of ${symbol}`);
  const fee = (value: unknown): Fixed => optional(value) ?? fixed("0.001");
  const least = optional(raw.limits.amount?.min) ?? lotSize;
  return {
    symbol,
    base: raw.base,
    quote: raw.quote,
    tickSize,
    lotSize,
    minQuantity: max(least, lotSize),
    maxQuantity: optional(raw.limits.amount?.max) ?? fixed("1000000000"),
    minNotional: optional(raw.limits.cost?.min) ?? fixed("0"),
    makerFee: fee(raw.maker),
    takerFee: fee(raw.taker),
  };
}
