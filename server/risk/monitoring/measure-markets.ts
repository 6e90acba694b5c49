import { INTERVAL_MS, INTERVALS, type Interval, type MarketFeed } from "@/server/market";
import { DomainError, type Fixed } from "@/server/shared";
import { divergenceFigure, staleFigure, volatilityFigure } from "./figures";
import type { VenuePrices } from "./ports";
import type { BreakerFigure } from "./types";

/** Fewest bars of a window that is measured by coarser bars than the source's own. */
const BARS_OF_WINDOW = 24;

/**
 * What one check reads of the markets of one workspace: each symbol once, however many agents trade it. A feed that does not answer is an
 * unknown price, and its age counts as the whole window.
 */
export class MarketReadings {
  readonly #kept = new Map<string, Promise<unknown>>();
  constructor(
    private readonly workspaceId: string,
    private readonly feed: MarketFeed,
    private readonly venues: VenuePrices,
    readonly at: number,
  ) {}

  /** Last price and its instant, or null. */
  price(symbol: string): Promise<{ price: Fixed; at: number } | null> {
    return this.#once(`price ${symbol}`, () => this.feed.price({ symbol, at: this.at }).catch(() => null));
  }

  async stale(symbol: string, windowMs: number): Promise<BreakerFigure> {
    const point = await this.price(symbol);
    const barMs = INTERVAL_MS[this.#base(symbol)];
    return staleFigure(symbol, point?.at ?? null, this.at, barMs, Math.max(windowMs, barMs));
  }

  volatility(symbol: string, windowMs: number): Promise<BreakerFigure> {
    return this.#once(`volatility ${symbol} ${windowMs}`, async () => {
      const finest = INTERVALS.indexOf(this.#base(symbol));
      const interval = INTERVALS.filter((i, at) => at >= finest && windowMs / INTERVAL_MS[i] >= BARS_OF_WINDOW).at(-1) ?? this.#base(symbol);
      const limit = Math.min(5_000, Math.max(2, Math.floor(windowMs / INTERVAL_MS[interval]) + 1));
      try {
        const bars = await this.feed.candles({ symbol, interval, at: this.at, limit });
        return volatilityFigure(
          symbol,
          bars.map((b) => b.close),
          INTERVAL_MS[interval],
        );
      } catch (error) {
        return { value: null, note: `${symbol}: ${error instanceof DomainError ? error.message : "its market does not answer"}`, symbol };
      }
    });
  }

  divergence(symbol: string, windowMs: number): Promise<BreakerFigure> {
    return this.#once(`divergence ${symbol} ${windowMs}`, async () =>
      divergenceFigure(symbol, await this.venues.of(this.workspaceId, symbol, this.at, windowMs)),
    );
  }

  #base(symbol: string): Interval {
    return this.feed.symbols().find((s) => s.symbol === symbol)?.baseInterval ?? "1m";
  }

  #once<T>(key: string, read: () => Promise<T>): Promise<T> {
    const kept = (this.#kept.get(key) as Promise<T> | undefined) ?? read();
    this.#kept.set(key, kept);
    return kept;
  }
}
