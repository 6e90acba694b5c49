import {
  assertLive,
  type BarView,
  type Candle,
  checkLimit,
  INTERVAL_MS,
  type Interval,
  type MarketDepth,
  type MarketFeed,
  type MarketSource,
  type PricePoint,
  resample,
  type SymbolId,
  type SymbolInfo,
  unknownSymbol,
} from "@/server/market";
import { type Clock, sum } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import { BarCache } from "./bar-cache";
import type { VenueClient } from "./venue-client";

const BASE: Interval = "1m";
const BASE_MS = INTERVAL_MS[BASE];
/** A bar counts as closed this long after its end: venues finish writing it a moment later (ms). */
const GRACE_MS = 1_500;
/** Longest wait for a bar that is about to be final (ms); a clock further ahead than this sees its newest bars missing. */
const MAX_WAIT_MS = 4_000;
/** A book is only known as it is: a question about another time than this far from now has no answer (ms). */
const NOW_MS = 60_000;
const DEPTH_LEVELS = 20;
/** How far back the last price is looked for (bars). */
const LOOK_BACK_BARS = 300;

export type ExchangeFeedOptions = {
  readonly client: VenueClient;
  readonly symbols: readonly SymbolId[];
  readonly wall: Clock;
  readonly sleep: (ms: number) => Promise<void>;
  /** No bars are given for a decision when the newest price is older (ms). */
  readonly staleAfterMs: number;
};

/**
 * Public prices of one venue at wall time. A bar is given once it is final at the venue and kept from then on; minutes without trades are
 * missing, never filled. Errors name the venue; FEED_STALE also the age.
 */
export class ExchangeMarketFeed implements MarketFeed {
  readonly source: MarketSource;
  readonly #infos: readonly SymbolInfo[];
  readonly #caches = new Map<string, BarCache>();

  constructor(private readonly options: ExchangeFeedOptions) {
    this.source = { kind: "exchange", label: `${options.client.venue.label} public data` };
    this.#infos = options.symbols.map((symbol) => ({ symbol, baseInterval: BASE, firstTime: null, endTime: null }));
  }

  symbols(): readonly SymbolInfo[] {
    return this.#infos;
  }

  /** The venue's own tick, lot, smallest order and fees. */
  instrument(symbol: SymbolId): Promise<Instrument> {
    this.#check(symbol);
    return this.options.client.instrument(symbol);
  }

  async candles(query: { symbol: SymbolId; interval: Interval; at: number; limit: number }): Promise<readonly Candle[]> {
    const { symbol, interval, at, limit } = query;
    checkLimit(limit);
    this.#check(symbol);
    if (at <= 0) return [];
    const until = await this.#finalUntil(at);
    const ms = INTERVAL_MS[interval];
    const own = this.options.client.venue.intervals[interval] ? interval : "1h";
    const end = floor(until, ms);
    const [bars] = await Promise.all([this.#cache(symbol, own).read(Math.max(0, end - limit * ms), end), this.#assertLive(symbol, at, until)]);
    return own === interval ? bars : resample(bars, INTERVAL_MS[own], ms).candles;
  }

  async bars({ symbol, from, at }: { symbol: SymbolId; from: number; at: number }): Promise<readonly BarView[]> {
    this.#check(symbol);
    if (at <= 0) return [];
    const until = await this.#finalUntil(at);
    const cache = this.#cache(symbol, BASE);
    const start = Math.max(0, Math.ceil(from / BASE_MS) * BASE_MS);
    // The bar of the instant asked about: known whole when it is past, but of it only the open could be known then.
    const current = floor(Math.min(at, this.#venueNow()), BASE_MS);
    const closedEnd = Math.min(floor(until, BASE_MS), current);
    const closed = closedEnd > start ? await cache.read(start, closedEnd) : [];
    const views: BarView[] = closed.map((bar) => ({ openTime: bar.openTime, open: bar.open, closed: bar }));
    if (current < start) return views;
    const past = current + BASE_MS + GRACE_MS <= this.#venueNow();
    const open = past ? ((await cache.read(current, current + BASE_MS))[0]?.open ?? null) : await cache.open(current);
    return open === null ? views : [...views, { openTime: current, open, closed: null }];
  }

  async price({ symbol, at }: { symbol: SymbolId; at: number }): Promise<PricePoint | null> {
    for (const back of [4, LOOK_BACK_BARS]) {
      const views = await this.bars({ symbol, from: floor(at, BASE_MS) - back * BASE_MS, at });
      const last = views[views.length - 1];
      if (last) return last.closed ? { price: last.closed.close, at: last.openTime + BASE_MS } : { price: last.open, at: last.openTime };
    }
    return null;
  }

  /** The best twenty levels of each side, as the venue shows them now. */
  async depth({ symbol, at }: { symbol: SymbolId; at: number }): Promise<MarketDepth | null> {
    this.#check(symbol);
    if (Math.abs(at - this.#venueNow()) > NOW_MS) return null;
    const book = await this.options.client.book(symbol, DEPTH_LEVELS);
    return { bids: sum(book.bids.map((l) => l.quantity)), asks: sum(book.asks.map((l) => l.quantity)) };
  }

  async #assertLive(symbol: SymbolId, at: number, until: number): Promise<void> {
    const { client, staleAfterMs } = this.options;
    const end = floor(until, BASE_MS);
    const recent = await this.#cache(symbol, BASE).read(floor(end - staleAfterMs, BASE_MS), end);
    const last = recent[recent.length - 1] ?? (await this.#cache(symbol, BASE).read(end - LOOK_BACK_BARS * BASE_MS, end)).at(-1);
    assertLive({ venue: client.venue.label, symbol }, last ? last.openTime + BASE_MS : null, at, staleAfterMs);
  }

  /** Waits for the bar that has just closed, and says up to when bars are final now. */
  async #finalUntil(at: number): Promise<number> {
    const lastClose = floor(at, BASE_MS);
    const wait = lastClose + GRACE_MS - this.#venueNow();
    if (wait > 0 && wait <= MAX_WAIT_MS) await this.options.sleep(wait);
    return Math.min(at, this.#venueNow() - GRACE_MS);
  }

  #venueNow(): number {
    return this.options.wall.now() - this.options.client.clockAheadMs;
  }

  #cache(symbol: SymbolId, interval: Interval): BarCache {
    const key = `${symbol} ${interval}`;
    let cache = this.#caches.get(key);
    if (!cache) {
      cache = new BarCache((from, to) => this.options.client.candles(symbol, interval, from, to), INTERVAL_MS[interval], this.options.wall);
      this.#caches.set(key, cache);
    }
    return cache;
  }

  #check(symbol: SymbolId): void {
    if (this.options.symbols.includes(symbol)) return;
    throw unknownSymbol(symbol, this.options.symbols);
  }
}

const floor = (at: number, ms: number): number => Math.floor(at / ms) * ms;
