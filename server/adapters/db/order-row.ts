import type { Order as OrderRowDb } from "@/generated/prisma/client";
import type { OrderRow } from "@/server/agents";
import { fixed } from "@/server/shared";
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

/** An order (alias o) as {@link StoredOrder}: decimals as text, times in ms. */
export const ORDER_JSON = `jsonb_build_object('id', o.id, 'agentId', o."agentId", 'turnId', o."turnId", 'symbol', o.symbol, 'side', o.side, 'type', o.type,
  'quantity', trim_scale(o.quantity)::text, 'limitPrice', trim_scale(o."limitPrice")::text, 'reduceOnly', o."reduceOnly", 'expiresAt', extract(epoch FROM o."expiresAt") * 1000,
  'status', o.status, 'filledQuantity', trim_scale(o."filledQuantity")::text, 'filledNotional', trim_scale(o."filledNotional")::text, 'reason', o.reason,
  'createdAt', extract(epoch FROM o.at) * 1000, 'heldAmount', trim_scale(o."heldAmount")::text, 'heldCurrency', o."heldCurrency", 'sentAt', extract(epoch FROM o."sentAt") * 1000)`;

export type StoredOrder = Omit<OrderRow, "quantity" | "limitPrice" | "filledQuantity" | "filledNotional" | "heldAmount" | "clientOrderId"> & {
  readonly quantity: string;
  readonly limitPrice: string | null;
  readonly filledQuantity: string;
  readonly filledNotional: string;
  readonly heldAmount: string;
};

/** The domain's order from {@link ORDER_JSON}. */
export const orderFromJson = (o: StoredOrder): OrderRow => ({
  ...o,
  clientOrderId: o.id,
  quantity: fixed(o.quantity),
  limitPrice: o.limitPrice === null ? null : fixed(o.limitPrice),
  filledQuantity: fixed(o.filledQuantity),
  filledNotional: fixed(o.filledNotional),
  heldAmount: fixed(o.heldAmount),
});
