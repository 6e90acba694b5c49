import type { SymbolId } from "@/server/market";
import { add, type Fixed, ONE, sub, ZERO } from "@/server/shared";
import { type Execution, fillAmounts } from "@/server/trading";
import type { ClosedTrade } from "./types";

type Open = { quantity: Fixed; openedAt: number; paid: Fixed; received: Fixed };
type Fill = Pick<Execution, "symbol" | "side" | "quantity" | "price" | "fee" | "at">;

/**
 * Closed trades out of executions, in order: a trade begins with the buy that opens a position and ends with the sell that leaves
 * nothing of it; all that was bought and sold in between is one trade. First-in-first-out and average cost give the same figure then.
 */
export class RoundTrips {
  readonly #open = new Map<SymbolId, Open>();
  #closed: ClosedTrade[] = [];

  take(fill: Fill): void {
    const { notional } = fillAmounts(fill);
    const open = this.#open.get(fill.symbol) ?? { quantity: ZERO, openedAt: fill.at, paid: ZERO, received: ZERO };
    if (fill.side === "buy") {
      this.#open.set(fill.symbol, { ...open, quantity: add(open.quantity, fill.quantity), paid: add(open.paid, add(notional, fill.fee)) });
      return;
    }
    const left = sub(open.quantity, fill.quantity);
    const received = add(open.received, sub(notional, fill.fee));
    if (left > 0n) {
      this.#open.set(fill.symbol, { ...open, quantity: left, received });
      return;
    }
    this.#open.delete(fill.symbol);
    // A sell without a buy before it (fills that were not given) is no trade.
    if (open.paid > 0n && left === 0n)
      this.#closed.push({
        symbol: fill.symbol,
        openedAt: open.openedAt,
        closedAt: fill.at,
        profit: (((received - open.paid) * ONE) / open.paid) as Fixed,
      });
  }

  /** Those closed after `since` (market ms), oldest first; older ones are forgotten. */
  since(since: number): readonly ClosedTrade[] {
    if ((this.#closed[0]?.closedAt ?? Number.POSITIVE_INFINITY) <= since) this.#closed = this.#closed.filter((t) => t.closedAt > since);
    return this.#closed;
  }
}
