import type { SymbolId } from "@/server/market";
import type { Fixed } from "@/server/shared";

/** Venue rules of one spot instrument. Rates are fractions (0.001 = 10 bp). */
export type Instrument = {
  readonly symbol: SymbolId;
  readonly base: string;
  readonly quote: string;
  readonly tickSize: Fixed;
  /** Quantity step, in base units. */
  readonly lotSize: Fixed;
  readonly minQuantity: Fixed;
  readonly maxQuantity: Fixed;
  /** In quote currency. */
  readonly minNotional: Fixed;
  readonly makerFee: Fixed;
  readonly takerFee: Fixed;
  /** Whether the venue trades it now; absent = open. */
  readonly session?: "open" | "reduce-only" | "closed";
};

export type Side = "buy" | "sell";
export type OrderType = "market" | "limit";

/**
 * intended → sending → open → partially_filled → filled | cancelled | expired;
 * sending → rejected | lost. `lost` = the venue has never heard of it; never sent again.
 */
export const ORDER_STATUSES = ["intended", "sending", "open", "partially_filled", "filled", "cancelled", "expired", "rejected", "lost"] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** What the product means to send. `clientOrderId` is hashId(agent, tick, leg, attempt). */
export type OrderIntent = {
  readonly clientOrderId: string;
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: Fixed;
  /** Limit price; null for market orders. */
  readonly limitPrice: Fixed | null;
  readonly reduceOnly: boolean;
  /** Resting orders are cancelled by the venue at this market time (ms); null = good till cancelled. */
  readonly expiresAt: number | null;
};

/** An order as the product knows it (one row per intent). */
export type Order = OrderIntent & {
  readonly id: string;
  readonly agentId: string;
  readonly turnId: string | null;
  readonly status: OrderStatus;
  readonly filledQuantity: Fixed;
  /** Quote currency. */
  readonly filledNotional: Fixed;
  readonly reason: string | null;
  /** Market time the order was made (ms). */
  readonly createdAt: number;
};

/** One execution reported by the venue. `sequence` grows by one per account, so that fills can be read with a cursor. */
export type Execution = {
  readonly executionId: string;
  readonly sequence: number;
  readonly clientOrderId: string;
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly quantity: Fixed;
  readonly price: Fixed;
  /** In quote currency, never negative. */
  readonly fee: Fixed;
  readonly liquidity: "maker" | "taker";
  /** Market time (ms). */
  readonly at: number;
};

/** Spot position: never negative. Average entry in quote per base, without fees. */
export type Position = {
  readonly symbol: SymbolId;
  readonly quantity: Fixed;
  readonly averageEntry: Fixed;
  /** Realised P&L before fees, and fees paid, in quote currency, since the agent began. */
  readonly realisedPnl: Fixed;
  readonly feesPaid: Fixed;
};

/** The venue's own view of an order. */
export type VenueOrder = {
  readonly clientOrderId: string;
  readonly status: "open" | "partially_filled" | "filled" | "cancelled" | "expired" | "rejected";
  readonly filledQuantity: Fixed;
  readonly reason: string | null;
};
