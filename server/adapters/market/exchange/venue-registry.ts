import type { SymbolId } from "@/server/market";
import { ExchangeMarketFeed } from "./exchange-market-feed";
import type { VenueUrls } from "./open-exchange";
import { VenueClient, type VenueClientPorts } from "./venue-client";
import { VenueHealth, type VenueState } from "./venue-health";
import { type StreamNews, type StreamState, VenueStream } from "./venue-stream";
import { VENUE_IDS, type VenueId } from "./venues";

export type VenueRegistryOptions = VenueClientPorts & {
  readonly urls: Readonly<Partial<Record<VenueId, VenueUrls>>>;
  readonly symbols: readonly SymbolId[];
  readonly staleAfterMs: number;
  /** Puts a watch around a feed: told how each read of a symbol went. */
  readonly watchFeed?: (feed: ExchangeMarketFeed, told: VenueHealth["told"]) => ExchangeMarketFeed;
};

export type WatchedPrice = { readonly state: StreamState; readonly last: Extract<StreamNews, { kind: "ticker" }>["ticker"] | null };

type Open = { readonly client: VenueClient; readonly feed: ExchangeMarketFeed; readonly stream: VenueStream; readonly health: VenueHealth };

/** The venues of one process: one client, one feed, one stream each, made when first used. */
export class VenueRegistry {
  readonly #open = new Map<VenueId, Open>();
  readonly #watched = new Map<string, { state(): StreamState; last: WatchedPrice["last"] }>();
  constructor(readonly options: VenueRegistryOptions) {}

  client(venue: VenueId): VenueClient {
    return this.#of(venue).client;
  }

  feed(venue: VenueId): ExchangeMarketFeed {
    return this.#of(venue).feed;
  }

  /** How this process's reads of the venue go. */
  state(venue: VenueId): VenueState {
    return this.#of(venue).health.get();
  }

  /** The last price the stream brought, for screens; the first call begins to listen. */
  watched(venue: VenueId, symbol: SymbolId): WatchedPrice {
    const key = `${venue} ${symbol}`;
    const known = this.#watched.get(key);
    if (known) return { state: known.state(), last: known.last };
    const entry: { state(): StreamState; last: WatchedPrice["last"] } = {
      last: null,
      state: () => ({ state: "connecting", newsAt: null, losses: 0, problem: null }),
    };
    this.#watched.set(key, entry);
    const watch = this.#of(venue).stream.watch({ kind: "ticker", symbol }, (news) => {
      if (news.kind === "ticker") entry.last = news.ticker;
    });
    entry.state = () => watch.state();
    return { state: entry.state(), last: null };
  }

  async close(): Promise<void> {
    const streams = VENUE_IDS.flatMap((id) => this.#open.get(id)?.stream ?? []);
    this.#watched.clear();
    await Promise.all(streams.map((s) => s.close()));
  }

  #of(venue: VenueId): Open {
    let open = this.#open.get(venue);
    if (!open) {
      const { urls, symbols, staleAfterMs, watchFeed, ...ports } = this.options;
      const client = new VenueClient(venue, urls[venue] ?? {}, ports);
      const feed = new ExchangeMarketFeed({ client, symbols, wall: ports.wall, sleep: ports.sleep, staleAfterMs });
      const health = new VenueHealth(ports.wall);
      open = {
        client,
        feed: watchFeed?.(feed, (...read) => health.told(...read)) ?? feed,
        stream: new VenueStream(venue, urls[venue] ?? {}, ports),
        health,
      };
      this.#open.set(venue, open);
    }
    return open;
  }
}
