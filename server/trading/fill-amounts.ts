import { add, type Fixed, mul, sub } from "@/server/shared";
import type { Execution } from "./types";

/**
 * What a fill moves, in quote currency: notional (rounded against the trader past 18 decimals), and the cash it costs (buy)
 * or brings (sell) once the fee is taken. Ledger, venue and statistics all use this one rule.
 */
export function fillAmounts(fill: Pick<Execution, "side" | "quantity" | "price" | "fee">): { readonly notional: Fixed; readonly cash: Fixed } {
  const notional = mul(fill.quantity, fill.price, fill.side === "buy" ? "up" : "down");
  return { notional, cash: fill.side === "buy" ? add(notional, fill.fee) : sub(notional, fill.fee) };
}
