import type { SymbolId } from "@/server/market";
import { type Clock, DomainError } from "@/server/shared";

/** As the last reads were: up, some symbols not (degraded), none (down); idle when nobody has read for ten minutes. */
export type VenueState = {
  readonly state: "up" | "degraded" | "down" | "idle";
  /** Wall ms; null when it was never read. */
  readonly since: number | null;
  /** What the venue's feed said last, in words for people. */
  readonly problem: string | null;
};

const IDLE_AFTER_MS = 10 * 60_000;

/** How one venue's reads go, and since when. Nothing is asked for it. */
export class VenueHealth {
  /** By symbol; null = well. */
  readonly #symbols = new Map<SymbolId, { unreachable: string | null; stale: string | null }>();
  #state: Exclude<VenueState["state"], "idle"> = "up";
  #since: number | null = null;
  #readAt: number | null = null;
  #problem: string | null = null;

  constructor(private readonly wall: Clock) {}

  /**
   * How a read of a symbol went. An old price is an answer to "what was the last price" and none to "on which bars may I decide":
   * a stale symbol is well again only when its candles are.
   */
  told(read: "candles" | "bars" | "price", symbol: SymbolId, error: unknown): void {
    if (error !== null && !(error instanceof DomainError && error.code.startsWith("FEED_"))) return;
    const known = this.#symbols.get(symbol) ?? { unreachable: null, stale: null };
    if (error === null) this.#symbols.set(symbol, { unreachable: null, stale: read === "candles" ? null : known.stale });
    else if (error.code === "FEED_STALE") this.#symbols.set(symbol, { unreachable: null, stale: error.message });
    else this.#symbols.set(symbol, { ...known, unreachable: error.message });
    const now = this.wall.now();
    const problems = [...this.#symbols.values()].map((s) => s.unreachable ?? s.stale);
    const bad = problems.filter((p) => p !== null);
    const state = bad.length === 0 ? "up" : bad.length < problems.length ? "degraded" : "down";
    if (state !== this.#state || this.#since === null) this.#since = now;
    this.#state = state;
    this.#problem = error === null ? (bad[0] ?? null) : error.message;
    this.#readAt = now;
  }

  get(): VenueState {
    if (this.#readAt === null) return { state: "idle", since: null, problem: null };
    if (this.wall.now() - this.#readAt > IDLE_AFTER_MS) return { state: "idle", since: this.#readAt, problem: null };
    return { state: this.#state, since: this.#since, problem: this.#problem };
  }
}
