import type { SymbolId } from "@/server/market";
import { add, type Fixed, mul, sub, sum, ZERO } from "@/server/shared";
import { applyFill } from "./position";
import type { Execution, Position } from "./types";

/** What a turn brought, in quote currency. `netPnl` = mark − fees; `realisedPnl` is the part of the mark that sells locked in. */
export type TurnOutcome = {
  readonly realisedPnl: Fixed;
  readonly markPnl: Fixed;
  readonly feesPaid: Fixed;
  readonly netPnl: Fixed;
  readonly holdPnl: Fixed;
};

/**
 * Measures a turn once its orders have ended: its fills marked at the last price known when it settles, and beside them what the
 * position held before the turn did in the same time. `priceAtTick` and `priceAtSettle` in quote per base.
 */
export function measureOutcome(input: {
  readonly fills: readonly Pick<Execution, "symbol" | "side" | "quantity" | "price" | "fee">[];
  readonly positionsBefore: readonly Position[];
  readonly priceAtTick: (symbol: SymbolId) => Fixed | null;
  readonly priceAtSettle: (symbol: SymbolId) => Fixed | null;
}): TurnOutcome {
  let [markPnl, holdPnl] = [ZERO, ZERO];
  for (const f of input.fills) {
    const mark = mul(f.quantity, sub(input.priceAtSettle(f.symbol) ?? f.price, f.price), "half-even");
    markPnl = f.side === "buy" ? add(markPnl, mark) : sub(markPnl, mark);
  }
  let realisedPnl = ZERO;
  for (const before of input.positionsBefore) {
    const [from, to] = [input.priceAtTick(before.symbol), input.priceAtSettle(before.symbol)];
    if (from !== null && to !== null) holdPnl = add(holdPnl, mul(before.quantity, sub(to, from), "half-even"));
    const after = input.fills.filter((f) => f.symbol === before.symbol).reduce(applyFill, before);
    realisedPnl = add(realisedPnl, sub(after.realisedPnl, before.realisedPnl));
  }
  const feesPaid = sum(input.fills.map((f) => f.fee));
  return { realisedPnl, markPnl, feesPaid, netPnl: sub(markPnl, feesPaid), holdPnl };
}
