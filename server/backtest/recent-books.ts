import type { BookFigures } from "@/server/agents";
import { type LevelName, protectionReach, type RecentOrder, RoundTrips } from "@/server/risk";
import { HOUR_MS, MINUTE_MS, ZERO } from "@/server/shared";
import type { Execution, OrderIntent } from "@/server/trading";
import { NOTHING_ABOVE } from "./limits-above";
import type { SimulatedAgent } from "./simulation-types";

/** What the books know of a simulated agent's last orders and closed trades, as its limits and protections ask for it: the same in every engine. */
export class RecentBooks {
  readonly #reach: number;
  readonly #trips: RoundTrips | null;
  /** An hour's count, and longer when some level refuses to repeat an order (ms). */
  readonly #kept: number;
  /** An agent that is alone is at each level all there is. */
  readonly #levels: Pick<RecentOrder, "levels" | "outer">;
  #orders: RecentOrder[] = [];

  constructor({ config, above = NOTHING_ABOVE }: Pick<SimulatedAgent, "config" | "above">) {
    const { limits, protections } = config;
    const { workspace, farms } = above;
    this.#reach = protectionReach(protections ?? []);
    this.#trips = this.#reach > 0 ? new RoundTrips() : null;
    this.#kept = Math.max(HOUR_MS, ...[limits, workspace, ...farms].map((l) => (l.duplicateWindowSeconds ?? 0) * 1000));
    const levels: readonly LevelName[] = farms.length > 0 ? ["agent", "farm", "workspace"] : ["agent", "workspace"];
    this.#levels = { levels, ...(farms.length > 1 && { outer: farms.slice(1).map((_, i) => i) }) };
  }

  filled(execution: Pick<Execution, "symbol" | "side" | "quantity" | "price" | "fee" | "at">): void {
    this.#trips?.take(execution);
  }

  /** Orders sent at `at` (market ms). */
  ordered(intents: readonly OrderIntent[], at: number): void {
    this.#orders.push(...intents.map(({ symbol, side, quantity, limitPrice }) => ({ symbol, side, quantity, limitPrice, at, ...this.#levels })));
  }

  at(now: number): { readonly ordersLastHour: number; readonly figures: BookFigures } {
    if (this.#orders.length > 0) this.#orders = this.#orders.filter((o) => o.at > now - this.#kept);
    const since = (ms: number): number => (this.#orders.length === 0 ? 0 : this.#orders.filter((o) => o.at > now - ms).length);
    const ordersLastMinute = since(MINUTE_MS);
    return {
      ordersLastHour: since(HOUR_MS),
      figures: {
        ordersLastMinute,
        workspaceOrdersLastMinute: ordersLastMinute,
        othersEquity: ZERO,
        farm: null,
        recentOrders: this.#orders,
        closedTrades: this.#trips ? this.#trips.since(now - this.#reach) : [],
      },
    };
  }
}
