import type { SymbolId } from "@/server/market";
import { add, DomainError, div, mul, sub, ZERO } from "@/server/shared";
import type { Execution, Position } from "./types";

export const emptyPosition = (symbol: SymbolId): Position => ({ symbol, quantity: ZERO, averageEntry: ZERO, realisedPnl: ZERO, feesPaid: ZERO });

/**
 * The position after one execution. A buy moves the average entry, a sell realises P&L against it (before fees, quote currency).
 * Throws POSITION_WOULD_GO_NEGATIVE, SYMBOL_MISMATCH.
 */
export function applyFill(position: Position, fill: Pick<Execution, "symbol" | "side" | "quantity" | "price" | "fee">): Position {
  if (fill.symbol !== position.symbol)
    throw new DomainError("SYMBOL_MISMATCH", `a fill of ${fill.symbol} cannot change a position in ${position.symbol}`);
  const feesPaid = add(position.feesPaid, fill.fee);
  if (fill.side === "buy") {
    const quantity = add(position.quantity, fill.quantity);
    const cost = add(mul(position.quantity, position.averageEntry, "half-even"), mul(fill.quantity, fill.price, "half-even"));
    return { ...position, quantity, averageEntry: div(cost, quantity, "half-even"), feesPaid };
  }
  if (fill.quantity > position.quantity) {
    throw new DomainError("POSITION_WOULD_GO_NEGATIVE", `selling more ${fill.symbol} than is held`, { kind: "conflict" });
  }
  const quantity = sub(position.quantity, fill.quantity);
  const gain = mul(sub(fill.price, position.averageEntry), fill.quantity, "half-even");
  return {
    ...position,
    quantity,
    averageEntry: quantity === 0n ? ZERO : position.averageEntry,
    realisedPnl: add(position.realisedPnl, gain),
    feesPaid,
  };
}
