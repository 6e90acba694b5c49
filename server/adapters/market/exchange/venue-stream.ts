import type { Exchange } from "ccxt";
import type { Candle, Interval, OrderBook, SymbolId, Ticker } from "@/server/market";
import { type Clock, DomainError } from "@/server/shared";
import { openExchange, type VenueUrls } from "./open-exchange";
import { readBook, readCandle, readTicker } from "./read-answers";
import { venueProblem } from "./venue-problem";
import { VENUES, type Venue, type VenueId } from "./venues";

export type StreamTopic =
  | { readonly kind: "ticker"; readonly symbol: SymbolId }
  | { readonly kind: "candles"; readonly symbol: SymbolId; readonly interval: Interval }
  | { readonly kind: "book"; readonly symbol: SymbolId };

export type StreamNews =
  | { readonly kind: "ticker"; readonly ticker: Ticker }
  /** The forming bar as it is now. */
  | { readonly kind: "candles"; readonly candle: Candle }
  | { readonly kind: "book"; readonly book: OrderBook };

export type StreamState = {
  readonly state: "connecting" | "live" | "reconnecting" | "ended";
  /** When news last came (wall ms). */
  readonly newsAt: number | null;
  /** How often a connection was lost or fell silent. */
  readonly losses: number;
  readonly problem: DomainError | null;
};

export type VenueStreamPorts = {
  readonly wall: Clock;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 to 1, for the jitter before a new attempt. */
  readonly random: () => number;
  /** Without news for this long a connection is given up and made again (ms). */
  readonly silentAfterMs?: number;
  /** First delay before a new attempt (ms); doubles up to a minute. */
  readonly firstDelayMs?: number;
};

const SILENT_AFTER_MS = 90_000;
const MAX_DELAY_MS = 60_000;

type Watch = { topic: StreamTopic; onNews: (news: StreamNews) => void; state: StreamState; ended: boolean; reconnect: (() => void) | null };

/**
 * One venue's public WebSocket. A lost or silent connection is made again for as long as somebody watches. For screens and for
 * freshness only: venues and the client library send floats here, so decisions read bars by REST.
 */
export class VenueStream {
  readonly venue: Venue;
  readonly #watches = new Set<Watch>();
  #exchange: Promise<Exchange> | null = null;
  #closed = false;

  constructor(
    id: VenueId,
    private readonly urls: VenueUrls,
    private readonly ports: VenueStreamPorts,
  ) {
    this.venue = VENUES[id];
  }

  /** Hears of a topic until ended. Throws STREAM_UNAVAILABLE when the venue has no such stream. */
  watch(topic: StreamTopic, onNews: (news: StreamNews) => void): { state(): StreamState; end(): void } {
    if (!this.venue.streams[topic.kind] || (topic.kind === "candles" && !this.venue.intervals[topic.interval])) {
      throw new DomainError("STREAM_UNAVAILABLE", `${this.venue.label} does not stream ${topic.kind}`, { kind: "unavailable" });
    }
    const watch: Watch = {
      topic,
      onNews,
      state: { state: "connecting", newsAt: null, losses: 0, problem: null },
      ended: false,
      reconnect: null,
    };
    this.#watches.add(watch);
    void this.#follow(watch);
    return {
      state: () => watch.state,
      end: () => {
        watch.ended = true;
        watch.state = { ...watch.state, state: "ended" };
        this.#watches.delete(watch);
        watch.reconnect?.();
      },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const watch of [...this.#watches]) {
      watch.ended = true;
      watch.state = { ...watch.state, state: "ended" };
      watch.reconnect?.();
    }
    this.#watches.clear();
    const exchange = await this.#exchange?.catch(() => null);
    await exchange?.close();
  }

  async #follow(watch: Watch): Promise<void> {
    let delay = this.ports.firstDelayMs ?? 500;
    while (!watch.ended) {
      try {
        const news = await this.#next(watch);
        if (watch.ended) return;
        delay = this.ports.firstDelayMs ?? 500;
        watch.state = { ...watch.state, state: "live", newsAt: this.ports.wall.now(), problem: null };
        watch.onNews(news);
      } catch (cause) {
        if (watch.ended || this.#closed) return;
        const { symbol, kind } = watch.topic;
        const problem = venueProblem({ venue: this.venue, asked: `news of ${kind}`, symbol }, cause);
        watch.state = { ...watch.state, state: "reconnecting", losses: watch.state.losses + 1, problem };
        await this.ports.sleep(delay * (0.5 + this.ports.random()));
        delay = Math.min(MAX_DELAY_MS, delay * 2);
      }
    }
  }

  /** The next news of a topic. A connection without any is ended here, because the library would wait on it for ever. */
  async #next(watch: Watch): Promise<StreamNews> {
    const exchange = await this.#open();
    let timer: NodeJS.Timeout | undefined;
    const silent = new Promise<never>((_, reject) => {
      watch.reconnect = () => reject(new DomainError("STREAM_ENDED", "nobody watches any more", { kind: "unavailable" }));
      timer = setTimeout(() => {
        reject(new DomainError("FEED_SILENT", `${this.venue.label} sends nothing about ${watch.topic.symbol}`, { kind: "unavailable" }));
        void this.#restart(exchange);
      }, this.ports.silentAfterMs ?? SILENT_AFTER_MS);
      timer.unref();
    });
    const news = this.#ask(exchange, watch.topic);
    // The loser of the race may still fail later, with nobody waiting.
    news.catch(() => {});
    try {
      return await Promise.race([news, silent]);
    } finally {
      clearTimeout(timer);
      watch.reconnect = null;
    }
  }

  async #ask(exchange: Exchange, topic: StreamTopic): Promise<StreamNews> {
    const { symbol } = topic;
    // Left to itself the library keeps a failed answer for ever.
    if (!exchange.markets) await exchange.loadMarkets(true);
    if (topic.kind === "book") {
      const raw = await exchange.watchOrderBook(symbol);
      return { kind: "book", book: readBook(symbol, raw as never) };
    }
    if (topic.kind === "candles") {
      const rows = await exchange.watchOHLCV(symbol, this.venue.intervals[topic.interval]);
      return { kind: "candles", candle: readCandle(rows[rows.length - 1] as unknown[], topic.interval) };
    }
    const raw = await exchange.watchTicker(symbol);
    const [last, bid, ask] = this.venue.tickerKeys.map((key) => (raw.info as Record<string, unknown>)[key]);
    return { kind: "ticker", ticker: readTicker(symbol, { last, bid, ask, timestamp: raw.timestamp }) };
  }

  async #restart(exchange: Exchange): Promise<void> {
    this.#exchange = null;
    await exchange.close().catch(() => {});
  }

  #open(): Promise<Exchange> {
    this.#exchange ??= openExchange(this.venue, this.urls, { exact: false }).catch((cause: unknown) => {
      this.#exchange = null;
      throw cause;
    });
    return this.#exchange;
  }
}
