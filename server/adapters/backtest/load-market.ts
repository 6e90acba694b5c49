import { CONTEXT_BARS } from "@/server/agents";
import type { BacktestMarket } from "@/server/backtest";
import { type Candle, CandleSeries, INTERVAL_MS, type Interval, type MarketFeed, type MarketSource, type SymbolId } from "@/server/market";
import { DomainError } from "@/server/shared";

/** Bars of one symbol as they cross to a worker. */
export type LoadedSymbol = {
  readonly symbol: SymbolId;
  readonly interval: Interval;
  readonly source: MarketSource;
  readonly candles: readonly Candle[];
};

export type LoadQuery = { readonly symbols: readonly SymbolId[]; readonly interval: Interval; readonly from: number; readonly to: number };

/** Bars asked for at once. */
const PAGE = 1_000;

/**
 * The bars of a backtest from a feed, with as many before its beginning as a decider sees; in the backtest's own interval, so that a
 * fill's open is the next bar's. Throws UNKNOWN_SYMBOL, INTERVAL_TOO_FINE, FEED_UNAVAILABLE and what the feed throws; the signal's
 * reason between two pages when it is stopped.
 */
export async function loadSymbols(feed: MarketFeed, query: LoadQuery, signal?: AbortSignal): Promise<readonly LoadedSymbol[]> {
  const loaded: LoadedSymbol[] = [];
  for (const symbol of query.symbols) {
    const source = feed.sourceOf?.(symbol) ?? feed.source;
    loaded.push({ symbol, interval: query.interval, source, candles: await loadCandles(feed, symbol, query, signal) });
  }
  return loaded;
}

async function loadCandles(feed: MarketFeed, symbol: SymbolId, { interval, from, to }: LoadQuery, signal?: AbortSignal): Promise<readonly Candle[]> {
  const ms = INTERVAL_MS[interval];
  const candles: Candle[] = [];
  const end = Math.ceil(to / ms) * ms;
  let last = Number.NEGATIVE_INFINITY;
  for (let open = Math.floor(from / ms) * ms - CONTEXT_BARS * ms; open < end; open += PAGE * ms) {
    const until = Math.min(open + PAGE * ms, end);
    if (until <= 0) continue;
    signal?.throwIfAborted();
    for (const candle of await pageOf(feed, symbol, interval, until, Math.round((until - open) / ms))) {
      if (candle.openTime <= last || candle.openTime < open) continue;
      candles.push(candle);
      last = candle.openTime;
    }
  }
  return candles;
}

/** A page that ends in an outage is not missing: what there is of it is taken from a little earlier. */
async function pageOf(feed: MarketFeed, symbol: SymbolId, interval: Interval, at: number, limit: number): Promise<readonly Candle[]> {
  const ms = INTERVAL_MS[interval];
  for (let back = 0; back < limit; back = back * 2 + 1) {
    try {
      return await feed.candles({ symbol, interval, at: at - back * ms, limit: limit - back });
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "FEED_STALE") throw error;
    }
  }
  return [];
}

/** The loaded bars as a market. Where symbols come from several sources, all are named. */
export function marketOf(loaded: readonly LoadedSymbol[]): BacktestMarket {
  const sources = [...new Map(loaded.map((l) => [l.source.label, l.source])).values()];
  const kind = sources.find((s) => s.kind === "simulated")?.kind ?? sources[0]?.kind ?? "files";
  const series = loaded.map(({ symbol, interval, candles }) => {
    const [first, last] = [candles[0], candles.at(-1)];
    const info = { symbol, baseInterval: interval, firstTime: first?.openTime ?? null, endTime: last ? last.openTime + INTERVAL_MS[interval] : null };
    return new CandleSeries(info, candles);
  });
  return {
    source: { kind, label: sources.map((s) => s.label).join(" and ") },
    series: new Map(series.map((s) => [s.info.symbol, s])),
  };
}
