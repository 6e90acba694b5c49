import type { Fixed } from "@/server/shared";
import { type OrderType, reserveFor } from "@/server/trading";

/** Cash (quote currency, rounded up) that a buy must have free before it is sent, and that is held until it ends: the venue's own reserve. */
export const reserveForBuy = (order: { type: OrderType; quantity: Fixed; limitPrice: Fixed | null; lastPrice: Fixed; takerFee: Fixed }): Fixed =>
  reserveFor({ side: "buy", ...order }, order, order.lastPrice);
