import { add, type Fixed, fixed, ONE } from "@/server/shared";
import type { OrderType } from "@/server/trading";
import { notionalUp } from "./notional";

/** A market order may fill above the last price: this much is kept back until it has (a fraction). */
export const MARKET_BUFFER: Fixed = fixed("0.05");

/** The price a buy is paid with at worst, taker fee included, for one unit: what the ledger holds and the judge checks. */
export function worstUnitCost(order: { type: OrderType; limitPrice: Fixed | null; lastPrice: Fixed; takerFee: Fixed }): Fixed {
  const price = order.type === "limit" && order.limitPrice !== null ? order.limitPrice : notionalUp(order.lastPrice, add(ONE, MARKET_BUFFER));
  return notionalUp(price, add(ONE, order.takerFee));
}

/** Cash (quote currency, rounded up) that must be free before a buy is sent, and is held until the order ends. */
export const reserveForBuy = (order: { type: OrderType; quantity: Fixed; limitPrice: Fixed | null; lastPrice: Fixed; takerFee: Fixed }): Fixed =>
  notionalUp(order.quantity, worstUnitCost(order));
