import type { Fill, Order } from "@/generated/prisma/client";
import type { FillView, OrderView } from "@/server/api/contract";
import { div, mul, toText } from "@/server/shared";
import { decimalToFixed } from "../decimal";

/** An order's row as shown. */
export function orderView(o: Order): OrderView {
  const filled = decimalToFixed(o.filledQuantity);
  return {
    id: o.id,
    turnId: o.turnId,
    symbol: o.symbol,
    side: o.side === "sell" ? "sell" : "buy",
    type: o.type === "limit" ? "limit" : "market",
    quantity: toText(decimalToFixed(o.quantity)),
    limitPrice: o.limitPrice === null ? null : toText(decimalToFixed(o.limitPrice)),
    filledQuantity: toText(filled),
    averagePrice: filled > 0n ? toText(div(decimalToFixed(o.filledNotional), filled, "half-even")) : null,
    status: o.status,
    reason: o.reason,
    at: o.at.getTime(),
    expiresAt: o.expiresAt?.getTime() ?? null,
  };
}

/** A fill's row as shown; notional in quote currency. */
export function fillView(f: Fill): FillView {
  const quantity = decimalToFixed(f.quantity);
  const price = decimalToFixed(f.price);
  return {
    id: f.id,
    orderId: f.orderId,
    symbol: f.symbol,
    side: f.side === "sell" ? "sell" : "buy",
    quantity: toText(quantity),
    price: toText(price),
    notional: toText(mul(quantity, price, "half-even")),
    fee: toText(decimalToFixed(f.fee)),
    liquidity: f.liquidity === "maker" ? "maker" : "taker",
    at: f.at.getTime(),
  };
}
