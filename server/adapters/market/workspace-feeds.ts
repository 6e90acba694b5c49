import { type MarketFeed, type MarketFeeds, RoutedFeed, type SymbolId } from "@/server/market";
import type { Clock } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import type { VenueRegistry } from "./exchange/venue-registry";
import type { VenueId } from "./exchange/venues";

/** What other processes have chosen is known here this much later (wall ms). */
const FRESH_MS = 5_000;

type Choice = { readonly workspaceId: string; readonly symbol: SymbolId; readonly source: VenueId };
type Known = ReadonlyMap<string, { readonly choices: readonly Choice[]; readonly feed: MarketFeed }>;

/** Feeds by workspace: the installation's own market, but for the symbols a workspace takes from a venue. One query every five seconds for all. */
export class WorkspaceFeeds implements MarketFeeds {
  #known: Promise<Known> | null = null;
  #knownAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly parts: {
      readonly base: MarketFeed;
      readonly venues: VenueRegistry;
      readonly choices: () => Promise<readonly Choice[]>;
      readonly workspaceOf: (account: string) => Promise<string | null>;
      readonly wall: Clock;
    },
  ) {}

  async of(workspaceId: string): Promise<MarketFeed> {
    return (await this.#load()).get(workspaceId)?.feed ?? this.parts.base;
  }

  /** Rules of the venue a workspace takes a symbol from; null when it is the installation's own market. */
  async rules(workspaceId: string, symbol: SymbolId): Promise<Instrument | null> {
    const choice = (await this.#load()).get(workspaceId)?.choices.find((c) => c.symbol === symbol);
    return choice ? this.parts.venues.feed(choice.source).instrument(symbol) : null;
  }

  /** The venue a workspace takes a symbol from; null when it is the installation's own market. */
  async source(workspaceId: string, symbol: SymbolId): Promise<VenueId | null> {
    return (await this.#load()).get(workspaceId)?.choices.find((c) => c.symbol === symbol)?.source ?? null;
  }

  /** The feed a paper sub-account is filled from. */
  async ofAccount(account: string): Promise<MarketFeed> {
    const workspaceId = await this.#workspaceOf(account);
    return workspaceId ? this.of(workspaceId) : this.parts.base;
  }

  async rulesOfAccount(account: string, symbol: SymbolId): Promise<Instrument | null> {
    const workspaceId = await this.#workspaceOf(account);
    return workspaceId ? this.rules(workspaceId, symbol) : null;
  }

  /** Venues that any workspace takes a symbol from. */
  async venuesInUse(): Promise<readonly VenueId[]> {
    const all = [...(await this.#load()).values()].flatMap((known) => known.choices.map((c) => c.source));
    return [...new Set(all)].sort();
  }

  /** To be called after a choice has changed here. */
  forget(): void {
    this.#known = null;
  }

  /** Null without asking while no workspace has chosen anything. */
  async #workspaceOf(account: string): Promise<string | null> {
    return (await this.#load()).size === 0 ? null : this.parts.workspaceOf(account);
  }

  #load(): Promise<Known> {
    const now = this.parts.wall.now();
    if (this.#known && now - this.#knownAt < FRESH_MS) return this.#known;
    this.#knownAt = now;
    const loading = this.#read();
    this.#known = loading;
    loading.catch(() => {
      if (this.#known === loading) this.#known = null;
    });
    return loading;
  }

  async #read(): Promise<Known> {
    const grouped = new Map<string, Choice[]>();
    for (const choice of await this.parts.choices()) grouped.set(choice.workspaceId, [...(grouped.get(choice.workspaceId) ?? []), choice]);
    return new Map(
      [...grouped].map(([workspaceId, choices]) => {
        const routes = new Map(choices.map((c) => [c.symbol, this.parts.venues.feed(c.source) as MarketFeed]));
        return [workspaceId, { choices, feed: new RoutedFeed(this.parts.base, routes) }] as const;
      }),
    );
  }
}
