import type { MarketFeed } from "./ports";
import type { BarView, Candle, Interval, MarketDepth, MarketSource, PricePoint, SymbolId, SymbolInfo } from "./types";

/** One feed of several: the symbols named in `routes` come from theirs, all others from `base`. */
export class RoutedFeed implements MarketFeed {
  readonly source: MarketSource;
  constructor(
    private readonly base: MarketFeed,
    private readonly routes: ReadonlyMap<SymbolId, MarketFeed>,
  ) {
    this.source = sourceOfSymbols(
      this,
      base.symbols().map((s) => s.symbol),
    );
  }

  symbols(): readonly SymbolInfo[] {
    return this.base.symbols().map(
      (info) =>
        this.#feed(info.symbol)
          .symbols()
          .find((s) => s.symbol === info.symbol) ?? info,
    );
  }
  sourceOf(symbol: SymbolId): MarketSource {
    return this.#feed(symbol).source;
  }
  candles(query: { symbol: SymbolId; interval: Interval; at: number; limit: number }): Promise<readonly Candle[]> {
    return this.#feed(query.symbol).candles(query);
  }
  bars(query: { symbol: SymbolId; from: number; at: number }): Promise<readonly BarView[]> {
    return this.#feed(query.symbol).bars(query);
  }
  price(query: { symbol: SymbolId; at: number }): Promise<PricePoint | null> {
    return this.#feed(query.symbol).price(query);
  }
  async depth(query: { symbol: SymbolId; at: number }): Promise<MarketDepth | null> {
    return (await this.#feed(query.symbol).depth?.(query)) ?? null;
  }

  #feed(symbol: SymbolId): MarketFeed {
    return this.routes.get(symbol) ?? this.base;
  }
}

/** Where the prices of these symbols come from, in one label; called real only when all of them are. */
export function sourceOfSymbols(feed: MarketFeed, symbols: readonly SymbolId[]): MarketSource {
  const bySource = new Map<string, { source: MarketSource; symbols: SymbolId[] }>();
  for (const symbol of symbols) {
    const source = feed.sourceOf?.(symbol) ?? feed.source;
    const found = bySource.get(source.label);
    if (found) found.symbols.push(symbol);
    else bySource.set(source.label, { source, symbols: [symbol] });
  }
  const all = [...bySource.values()];
  const [first] = all;
  if (!first) return feed.source;
  if (all.length === 1) return first.source;
  const least = all.find((a) => a.source.kind !== "exchange") ?? first;
  return { kind: least.source.kind, label: all.map((a) => `${a.source.label} (${a.symbols.join(", ")})`).join(", ") };
}
