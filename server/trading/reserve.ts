import { add, type Fixed, fixed, mul, ONE, ZERO } from "@/server/shared";
import type { Instrument, OrderIntent } from "./types";

/** A market order may cost this much more than the last price before it is cut short (5 %). */
export const MARKET_RESERVE = fixed("1.05");

/**
 * Quote currency that a buy order locks until it ends: worst price (its limit, or the last price and 5 %) with the taker fee, rounded up
 * at each step. Zero for sells. The ledger's hold and the paper venue's reserve are both this number.
 */
export function reserveFor(
  order: Pick<OrderIntent, "side" | "type" | "quantity" | "limitPrice">,
  instrument: Pick<Instrument, "takerFee">,
  lastPrice: Fixed,
): Fixed {
  if (order.side === "sell") return ZERO;
  const worst = order.type === "limit" && order.limitPrice !== null ? order.limitPrice : mul(lastPrice, MARKET_RESERVE, "up");
  return mul(order.quantity, mul(worst, add(ONE, instrument.takerFee), "up"), "up");
}
