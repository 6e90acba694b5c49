import type { CandleSeries, MarketFeed, MarketSource, SymbolId } from "@/server/market";
import { DomainError } from "@/server/shared";

/** The bars of a backtest, whole in memory: every engine reads the same. */
export type BacktestMarket = { readonly source: MarketSource; readonly series: ReadonlyMap<SymbolId, CandleSeries> };

/** The bars of one symbol. Throws UNKNOWN_SYMBOL. */
export function seriesOf(market: BacktestMarket, symbol: SymbolId): CandleSeries {
  const series = market.series.get(symbol);
  if (!series) throw new DomainError("UNKNOWN_SYMBOL", `there are no prices for ${symbol.slice(0, 40)}`, { field: "symbols" });
  return series;
}

/** The same bars as a feed, as the audited engine and the live product read them. */
export function marketFeed(market: BacktestMarket): MarketFeed {
  return {
    source: market.source,
    symbols: () => [...market.series.values()].map((s) => s.info),
    candles: async (q) => seriesOf(market, q.symbol).candles(q.interval, q.at, q.limit),
    bars: async (q) => seriesOf(market, q.symbol).bars(q.from, q.at),
    price: async (q) => seriesOf(market, q.symbol).price(q.at),
  };
}
