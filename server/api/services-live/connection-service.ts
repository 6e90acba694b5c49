import type { PrismaMarketSourceRepository } from "@/server/adapters/db/prisma-market-source-repository";
import type { VenueRegistry } from "@/server/adapters/market/exchange/venue-registry";
import { VENUE_IDS, VENUES, type VenueId } from "@/server/adapters/market/exchange/venues";
import type { WorkspaceFeeds } from "@/server/adapters/market/workspace-feeds";
import { type MarketFeed, unknownSymbol } from "@/server/market";
import { type Clocks, DomainError, fixedInt, mul, type TenantScope, toText } from "@/server/shared";
import type { ConnectionRow, ConnectionsView, ConnectionTestView, SourceId } from "../contract";
import type { ConnectionService } from "../services";

type Parts = {
  readonly base: MarketFeed;
  /** Whether market time is wall time. */
  readonly live: boolean;
  readonly venues: VenueRegistry;
  readonly feeds: WorkspaceFeeds;
  readonly sources: PrismaMarketSourceRepository;
  readonly clocks: Clocks;
};

const BASIS_POINTS = fixedInt(10_000);
const BAR_MS = 60_000;
const NOTHING = { lastPrice: null, bid: null, ask: null, newestBarAt: null, tickSize: null, minNotional: null, takerFeeBp: null };

/** Where each symbol's prices come from in a workspace. */
export class LiveConnectionService implements ConnectionService {
  constructor(private readonly parts: Parts) {}

  async get(scope: TenantScope): Promise<ConnectionsView> {
    const { base, live, venues, sources } = this.parts;
    const chosen = live ? await sources.of(scope) : new Map<string, VenueId>();
    const symbols = base.symbols().map((s) => s.symbol);
    return {
      installation: { label: base.source.label, kind: base.source.kind },
      venuesUsable: live,
      staleAfterMs: venues.options.staleAfterMs,
      venues: VENUE_IDS.map((id) => ({
        id,
        label: VENUES[id].label,
        requestsPerSecond: VENUES[id].requestsPerSecond,
        pausedUntil: venues.client(id).pausedUntil,
      })),
      symbols: await Promise.all(
        symbols.map((symbol) => {
          const venue = chosen.get(symbol);
          return venue ? this.#venueRow(symbol, venue) : this.#ownRow(symbol);
        }),
      ),
    };
  }

  async set(scope: TenantScope, { symbol, source }: { symbol: string; source: SourceId }): Promise<void> {
    const { live, venues, sources, feeds, clocks } = this.parts;
    this.#check(symbol);
    if (source === "installation") await sources.set(scope, symbol, null, clocks.wall.now());
    else {
      if (!live) throw unavailable();
      // Throws UNKNOWN_SYMBOL: a venue that does not list it could only ever be stale.
      await venues.feed(source).instrument(symbol);
      await sources.set(scope, symbol, source, clocks.wall.now());
    }
    feeds.forget();
  }

  async test({ symbol, source }: { symbol: string; source: SourceId }): Promise<ConnectionTestView> {
    this.#check(symbol);
    const { wall, market } = this.parts.clocks;
    const began = wall.now();
    try {
      if (source === "installation") {
        const price = await this.parts.base.price({ symbol, at: market.now() });
        return { ...NOTHING, ok: price !== null, latencyMs: wall.now() - began, lastPrice: price ? toText(price.price) : null, problem: null };
      }
      if (!this.parts.live) throw unavailable();
      const client = this.parts.venues.client(source);
      const feed = this.parts.venues.feed(source);
      const rules = await client.instrument(symbol);
      const ticker = await client.ticker(symbol);
      const bars = await feed.candles({ symbol, interval: "1m", at: wall.now(), limit: 5 });
      const last = bars[bars.length - 1];
      return {
        ok: true,
        latencyMs: wall.now() - began,
        lastPrice: toText(ticker.last),
        bid: ticker.bid === null ? null : toText(ticker.bid),
        ask: ticker.ask === null ? null : toText(ticker.ask),
        newestBarAt: last ? last.openTime + BAR_MS : null,
        tickSize: toText(rules.tickSize),
        minNotional: toText(rules.minNotional),
        takerFeeBp: toText(mul(rules.takerFee, BASIS_POINTS, "half-even")),
        problem: null,
      };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { ...NOTHING, ok: false, latencyMs: wall.now() - began, problem: error.message };
    }
  }

  async #ownRow(symbol: string): Promise<ConnectionRow> {
    const { base, clocks } = this.parts;
    const price = await base.price({ symbol, at: clocks.market.now() }).catch(() => null);
    return {
      symbol,
      source: "installation",
      sourceLabel: base.source.label,
      state: base.source.kind === "files" ? "recorded" : "simulated",
      lastPrice: price ? toText(price.price) : null,
      lastPriceAt: price?.at ?? null,
      problem: null,
    };
  }

  /** By what the stream last said: the page never waits for a venue. */
  #venueRow(symbol: string, venue: VenueId): ConnectionRow {
    const { venues, clocks } = this.parts;
    const { state, last } = venues.watched(venue, symbol);
    const fresh = state.newsAt !== null && clocks.wall.now() - state.newsAt <= venues.options.staleAfterMs;
    const shown = state.state === "live" ? (fresh ? "live" : "stale") : state.state === "reconnecting" ? "reconnecting" : "connecting";
    return {
      symbol,
      source: venue,
      sourceLabel: `${VENUES[venue].label} public data`,
      state: shown,
      lastPrice: last ? toText(last.last) : null,
      lastPriceAt: state.newsAt,
      problem: state.problem?.message ?? null,
    };
  }

  #check(symbol: string): void {
    const symbols = this.parts.base.symbols().map((s) => s.symbol);
    if (!symbols.includes(symbol)) throw unknownSymbol(symbol, symbols);
  }
}

const unavailable = (): DomainError =>
  new DomainError(
    "SOURCE_UNAVAILABLE",
    "This installation plays recorded prices: its market time is not now, so a venue's prices of now have no place in it.",
    {
      kind: "conflict",
      field: "source",
    },
  );
