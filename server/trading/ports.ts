import type { SymbolId } from "@/server/market";
import type { Fixed } from "@/server/shared";
import type { Execution, Instrument, OrderIntent, VenueOrder } from "./types";

export type PlaceOrder = OrderIntent & {
  /** Market time of the order (ms): the tick's instant, or the present when it is sent later than that bar. */
  readonly at: number;
};

/**
 * One venue, seen from one sub-account per agent. Only `place` and `cancel` change anything.
 * A venue may refuse a client id only while an order with it is open: callers never place one id twice.
 */
export interface ExchangeClient {
  readonly venue: { readonly id: string; readonly label: string; readonly simulated: boolean };
  /** Rules of a symbol; a venue whose rules differ between sub-accounts needs to know which. */
  instrument(symbol: SymbolId, account?: string): Promise<Instrument>;
  /** Throws ORDER_REJECTED (typed reason), VENUE_UNAVAILABLE (outcome unknown: query, never resend). */
  place(account: string, order: PlaceOrder, signal?: AbortSignal): Promise<VenueOrder>;
  /** Cancels what is still open; cancelling a finished order is not an error. `at` = market time. */
  cancel(account: string, clientOrderId: string, at: number, signal?: AbortSignal): Promise<VenueOrder | null>;
  find(account: string, clientOrderId: string, signal?: AbortSignal): Promise<VenueOrder | null>;
  /** Executions after the cursor, in order. */
  executions(account: string, afterSequence: number, signal?: AbortSignal): Promise<readonly Execution[]>;
  /** Paper venues move their market here; real ones do nothing. Idempotent, monotonic. */
  advanceTo(account: string, at: number): Promise<void>;
  /** Cash and holdings by currency as the venue sees them. */
  balances(account: string): Promise<Readonly<Record<string, Fixed>>>;
  /** Paper: mirrors a ledger transfer to or from the sub-account; idempotent by key. */
  transfer(account: string, currency: string, amount: Fixed, key: string): Promise<void>;
}
