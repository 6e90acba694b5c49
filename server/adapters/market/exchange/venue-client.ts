import type { Exchange } from "ccxt";
import { type Candle, INTERVAL_MS, type Interval, type OrderBook, type SymbolId, type Ticker, unknownSymbol } from "@/server/market";
import { type Clock, DAY_MS, DomainError } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import { guardAnswers } from "./guard-answers";
import { openExchange, type VenueUrls } from "./open-exchange";
import { readBook, readCandle, readInstrument, readTicker } from "./read-answers";
import { isPassing, VenueAnswer, type VenueCall, venueProblem } from "./venue-problem";
import { VENUES, type Venue, type VenueId } from "./venues";

export type VenueClientPorts = {
  readonly wall: Clock;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 to 1, for the jitter between attempts. */
  readonly random: () => number;
  /** Ms between two requests of least weight, instead of the venue's own. */
  readonly spacingMs?: number;
};

const ATTEMPTS = 3;
const FIRST_DELAY_MS = 200;
/** A pause the venue asks for is waited out when it is no longer than this; else the call fails with the time to come back. */
const MAX_PAUSE_MS = 2_000;
/** A venue that was down for all attempts is taken for down this long, so that a page of ten prices does not wait ten times (ms). */
const DOWN_FOR_MS = 5_000;
/** Most a call may take with all its attempts and its turn in the queue (ms). */
const CALL_DEADLINE_MS = 20_000;

type Market = { readonly instrument: () => Instrument };

/**
 * One venue's public REST data. Requests are spaced by the venue's limit; passing faults are tried three times with jitter; after a 429 or
 * 418 nothing is sent until the time the venue named. Numbers come exactly as sent.
 */
export class VenueClient {
  readonly venue: Venue;
  #ahead = 0;
  #exchange: Promise<Exchange> | null = null;
  #markets: { readonly at: number; readonly bySymbol: ReadonlyMap<SymbolId, Market> } | null = null;
  #loading: Promise<ReadonlyMap<SymbolId, Market>> | null = null;
  #down: { readonly until: number; readonly problem: DomainError } | null = null;
  #pause: { readonly until: number; readonly problem: DomainError } | null = null;

  constructor(
    id: VenueId,
    private readonly urls: VenueUrls,
    private readonly ports: VenueClientPorts,
  ) {
    this.venue = VENUES[id];
  }

  /** By how much (ms) this machine's clock is surely ahead of the venue's, by its last answer. A bar that has closed here is still open there. */
  get clockAheadMs(): number {
    return this.#ahead;
  }

  /** Wall time (ms) until which the venue wants no requests; null when it takes them. */
  get pausedUntil(): number | null {
    return this.#pause && this.#pause.until > this.ports.wall.now() ? this.#pause.until : null;
  }

  /** Spot symbols that trade now. */
  async symbols(): Promise<readonly SymbolId[]> {
    return [...(await this.#loadMarkets()).keys()];
  }

  /** The venue's own rules. Throws UNKNOWN_SYMBOL. */
  async instrument(symbol: SymbolId): Promise<Instrument> {
    return (await this.#market(symbol)).instrument();
  }

  /**
   * Bars that opened in [from, to) (ms), oldest first, the forming one included; the venue's own interval only. Missing bars are absent.
   * Throws UNKNOWN_SYMBOL, FEED_UNAVAILABLE, FEED_RATE_LIMITED, FEED_BANNED, FEED_BAD_ANSWER, FEED_REFUSED.
   */
  async candles(symbol: SymbolId, interval: Interval, from: number, to: number): Promise<readonly Candle[]> {
    const timeframe = this.venue.intervals[interval];
    if (!timeframe) throw new DomainError("INTERVAL_UNAVAILABLE", `${this.venue.label} has no bars of ${interval}`, { field: "interval" });
    const ms = INTERVAL_MS[interval];
    const { historyBars, pageBars } = this.venue;
    const earliest = historyBars === null ? from : Math.max(from, Math.floor(this.ports.wall.now() / ms) * ms - (historyBars - 1) * ms);
    await this.#market(symbol);
    const found = new Map<number, Candle>();
    for (let since = earliest; since < to; since += pageBars * ms) {
      const count = Math.min(pageBars, Math.ceil((to - since) / ms));
      const page = await this.#call({ venue: this.venue, asked: `bars of ${interval}`, symbol }, async (x) =>
        (await x.fetchOHLCV(symbol, timeframe, since, count)).map((row) => readCandle(row, interval)),
      );
      for (const candle of page) {
        if (candle.openTime >= from && candle.openTime < to) found.set(candle.openTime, candle);
      }
    }
    return [...found.values()].sort((a, b) => a.openTime - b.openTime);
  }

  async ticker(symbol: SymbolId): Promise<Ticker> {
    await this.#market(symbol);
    return this.#call({ venue: this.venue, asked: "the last price", symbol }, async (x) => readTicker(symbol, await x.fetchTicker(symbol)));
  }

  /** The best `depth` levels of each side. */
  async book(symbol: SymbolId, depth = 10): Promise<OrderBook> {
    await this.#market(symbol);
    const book = await this.#call({ venue: this.venue, asked: "the order book", symbol }, async (x) =>
      readBook(symbol, (await x.fetchOrderBook(symbol, depth)) as Parameters<typeof readBook>[1]),
    );
    return { ...book, bids: book.bids.slice(0, depth), asks: book.asks.slice(0, depth) };
  }

  async #market(symbol: SymbolId): Promise<Market> {
    const markets = await this.#loadMarkets();
    const market = markets.get(symbol);
    if (!market) {
      // A venue lists thousands: those of the same base or quote are what may have been meant.
      const near = [...markets.keys()].filter((s) => s.split("/")[0] === symbol.split("/")[0]);
      throw unknownSymbol(symbol, (near.length > 0 ? near : [...markets.keys()]).slice(0, 12));
    }
    return market;
  }

  /** Once a day, by one caller for all. */
  #loadMarkets(): Promise<ReadonlyMap<SymbolId, Market>> {
    if (this.#markets && this.ports.wall.now() - this.#markets.at < DAY_MS) return Promise.resolve(this.#markets.bySymbol);
    this.#loading ??= this.#call({ venue: this.venue, asked: "its symbols" }, async (x) => {
      const all = Object.values(await x.loadMarkets(true));
      const bySymbol = new Map<SymbolId, Market>();
      for (const m of all) {
        if (!m?.spot || m.active === false) continue;
        bySymbol.set(m.symbol, { instrument: () => readInstrument(m.symbol, m as never) });
      }
      if (bySymbol.size === 0) throw new DomainError("FEED_BAD_ANSWER", `${this.venue.label} names no symbols`, { kind: "unavailable" });
      this.#markets = { at: this.ports.wall.now(), bySymbol };
      return bySymbol;
    }).finally(() => {
      this.#loading = null;
    });
    return this.#loading;
  }

  /** All attempts together end at the deadline; one still under way then is not followed by another. */
  async #call<T>(call: VenueCall, ask: (exchange: Exchange) => Promise<T>): Promise<T> {
    const deadline = AbortSignal.timeout(CALL_DEADLINE_MS);
    const late = new Promise<never>((_, reject) => {
      deadline.addEventListener("abort", () => reject(venueProblem(call, new VenueAnswer("silent", 0, null))), { once: true });
    });
    return Promise.race([this.#attempts(call, ask, deadline), late]);
  }

  async #attempts<T>(call: VenueCall, ask: (exchange: Exchange) => Promise<T>, deadline: AbortSignal): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.#waitPause();
      try {
        return await ask(await this.#open());
      } catch (cause) {
        const problem = venueProblem(call, cause);
        const wait = problem.details.retryAfterMs;
        const last = attempt >= ATTEMPTS || deadline.aborted;
        if (problem.code === "FEED_RATE_LIMITED" || problem.code === "FEED_BANNED") {
          this.#pause = { until: this.ports.wall.now() + (wait ?? 0), problem };
          if (last || problem.code === "FEED_BANNED" || (wait ?? 0) > MAX_PAUSE_MS) throw problem;
        } else if (last || !isPassing(problem)) {
          if (problem.code === "FEED_UNAVAILABLE") this.#down = { until: this.ports.wall.now() + DOWN_FOR_MS, problem };
          throw problem;
        } else await this.ports.sleep(FIRST_DELAY_MS * 2 ** (attempt - 1) * (0.5 + this.ports.random()));
      }
    }
  }

  async #waitPause(): Promise<void> {
    if (this.#down && this.#down.until > this.ports.wall.now()) throw this.#down.problem;
    const left = (this.#pause?.until ?? 0) - this.ports.wall.now();
    if (!this.#pause || left <= 0) return;
    if (left > MAX_PAUSE_MS) {
      const { code, message, details } = this.#pause.problem;
      throw new DomainError(code, message, { ...details, retryAfterMs: left });
    }
    await this.ports.sleep(left);
    this.#pause = null;
  }

  #open(): Promise<Exchange> {
    this.#exchange ??= openExchange(this.venue, this.urls, { exact: true, spacingMs: this.ports.spacingMs }).then((exchange) => {
      guardAnswers(exchange, this.ports.wall, (venueTime) => {
        // The header drops the fraction of its second, and the answer took a while: what is left over is certain.
        this.#ahead = Math.max(0, this.ports.wall.now() - venueTime - 2_000);
      });
      return exchange;
    });
    return this.#exchange;
  }
}
