import type { VenuePrice, VenuePrices } from "@/server/risk";
import type { Clock } from "@/server/shared";
import type { VenueRegistry } from "./exchange/venue-registry";
import { VENUE_IDS, VENUES, type VenueId } from "./exchange/venues";
import type { WorkspaceFeeds } from "./workspace-feeds";

/** A venue that does not answer is waited for this long, and then not asked again for a while (wall ms). */
const PATIENCE_MS = 4_000;
const REST_MS = 10 * 60_000;

/**
 * Prices of one symbol at all venues, for workspaces that take it from one of them: only then is there anything to agree with. Prices older
 * than the window are left out, and so is a venue that does not answer or does not have the symbol.
 */
export class WorkspaceVenuePrices implements VenuePrices {
  readonly #resting = new Map<string, number>();
  constructor(
    private readonly parts: {
      readonly feeds: Pick<WorkspaceFeeds, "source">;
      readonly venues: Pick<VenueRegistry, "feed">;
      readonly wall: Clock;
      readonly sleep: (ms: number) => Promise<void>;
    },
  ) {}

  async of(workspaceId: string, symbol: string, at: number, windowMs: number): Promise<readonly VenuePrice[]> {
    if ((await this.parts.feeds.source(workspaceId, symbol)) === null) return [];
    const prices = await Promise.all(VENUE_IDS.map((venue) => this.#ask(venue, symbol, at, windowMs)));
    return prices.filter((p) => p !== null);
  }

  async #ask(venue: VenueId, symbol: string, at: number, windowMs: number): Promise<VenuePrice | null> {
    const key = `${venue} ${symbol}`;
    const now = this.parts.wall.now();
    if ((this.#resting.get(key) ?? 0) > now) return null;
    const asked = this.parts.venues.feed(venue).price({ symbol, at });
    asked.catch(() => {});
    try {
      const late = this.parts.sleep(PATIENCE_MS).then(() => Promise.reject(new Error("no answer")));
      const point = await Promise.race([asked, late]);
      return point && at - point.at <= windowMs ? { venue: VENUES[venue].label, price: point.price } : null;
    } catch {
      this.#resting.set(key, now + REST_MS);
      return null;
    }
  }
}
