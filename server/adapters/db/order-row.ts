import type { Order as OrderRowDb } from "@/generated/prisma/client";
import type { OrderRow } from "@/server/agents";
import { ORDER_STATUSES } from "@/server/trading";
import { decimalToFixed } from "./decimal";

/** An order's row as the domain's. */
export function orderFromRow(o: OrderRowDb): OrderRow {
  return {
    id: o.id,
    clientOrderId: o.id,
    agentId: o.agentId,
    turnId: o.turnId,
    symbol: o.symbol,
    side: o.side === "sell" ? "sell" : "buy",
    type: o.type === "limit" ? "limit" : "market",
    quantity: decimalToFixed(o.quantity),
    limitPrice: o.limitPrice === null ? null : decimalToFixed(o.limitPrice),
    reduceOnly: o.reduceOnly,
    expiresAt: o.expiresAt?.getTime() ?? null,
    status: ORDER_STATUSES.find((s) => s === o.status) ?? "lost",
    filledQuantity: decimalToFixed(o.filledQuantity),
    filledNotional: decimalToFixed(o.filledNotional),
    reason: o.reason,
    createdAt: o.at.getTime(),
    heldAmount: decimalToFixed(o.heldAmount),
    heldCurrency: o.heldCurrency,
    sentAt: o.sentAt?.getTime() ?? null,
  };
}
