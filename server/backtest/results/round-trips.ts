import type { SymbolId } from "@/server/market";
import { add, type Fixed, sub, ZERO } from "@/server/shared";
import { fillAmounts } from "@/server/trading";
import type { RunFill } from "../engines/run-types";

/** From flat to flat in one symbol of one agent. Money in quote currency, exact. */
export type RoundTrip = {
  readonly symbol: SymbolId;
  readonly openedAt: number;
  /** null while it is still open at the end of the run. */
  readonly closedAt: number | null;
  /** The most that was held (base units). */
  readonly quantity: Fixed;
  /** Paid for all buys and received for all sells, fees included; of an open trip, so far. */
  readonly paid: Fixed;
  readonly received: Fixed;
  readonly fees: Fixed;
  /** received − paid, with an open position at its last price, before the fee of selling it. */
  readonly pnl: Fixed;
  readonly fills: number;
};

type Open = { -readonly [K in keyof RoundTrip]: RoundTrip[K] } & { held: Fixed };

/** The round trips of one agent's fills, in order of opening. `worth` values what is still held at the end. */
export function roundTrips(fills: readonly RunFill[], worth: (symbol: SymbolId, quantity: Fixed) => Fixed): readonly RoundTrip[] {
  const open = new Map<SymbolId, Open>();
  const trips: Open[] = [];
  for (const fill of fills) {
    let trip = open.get(fill.symbol);
    if (!trip) {
      trip = {
        symbol: fill.symbol,
        openedAt: fill.at,
        closedAt: null,
        quantity: ZERO,
        paid: ZERO,
        received: ZERO,
        fees: ZERO,
        pnl: ZERO,
        fills: 0,
        held: ZERO,
      };
      open.set(fill.symbol, trip);
      trips.push(trip);
    }
    const { cash } = fillAmounts(fill);
    trip.fills += 1;
    trip.fees = add(trip.fees, fill.fee);
    if (fill.side === "buy") {
      trip.paid = add(trip.paid, cash);
      trip.held = add(trip.held, fill.quantity);
      if (trip.held > trip.quantity) trip.quantity = trip.held;
    } else {
      trip.received = add(trip.received, cash);
      trip.held = sub(trip.held, fill.quantity);
      if (trip.held === 0n) {
        trip.closedAt = fill.at;
        open.delete(fill.symbol);
      }
    }
  }
  return trips.map(({ held, ...trip }) => ({
    ...trip,
    pnl: add(sub(trip.received, trip.paid), held === 0n ? ZERO : worth(trip.symbol, held)),
  }));
}
