import type { SymbolId } from "@/server/market";
import type { Fixed } from "@/server/shared";
import type { Instrument, OrderType, Side } from "@/server/trading";

/** active: everything is judged; reducing: only orders that reduce; halted: nothing but cancels and reductions by a person or the kill switch. */
export type TradingState = "active" | "reducing" | "halted";

/** Hard limits of an agent or a workspace. null = no such limit at this level. Money in quote currency. */
export type Limits = {
  readonly allowedSymbols: readonly SymbolId[] | null;
  readonly maxOrderNotional: Fixed | null;
  readonly maxPositionNotional: Fixed | null;
  readonly maxDailyLoss: Fixed | null;
  readonly maxOrdersPerHour: number | null;
};

export const RULES = [
  "trading-state",
  "symbol-allow-list",
  "order-notional",
  "position-notional",
  "daily-loss",
  "orders-per-hour",
  "free-balance",
  "venue-minimum",
  "reduce-only",
] as const;
export type RuleName = (typeof RULES)[number];

/** One rule's answer: the limit beside the numbers it was compared with, as exact decimal text. */
export type RiskCheck = {
  readonly rule: RuleName;
  readonly level: "agent" | "workspace" | "venue";
  readonly outcome: "pass" | "reduce" | "deny";
  /** Unit of the three figures: a currency, "orders", or "" for words. */
  readonly unit: string;
  /** Value before this order; value if the order were allowed as asked; the limit. */
  readonly before: string;
  readonly asked: string;
  readonly limit: string;
  /** Largest quantity this rule allows (base units), or null when it does not bound the quantity. */
  readonly allows: string | null;
  readonly reason: string;
};

export type Verdict = {
  readonly outcome: "approve" | "reduce" | "deny" | "no-order";
  /** Base units. */
  readonly askedQuantity: string;
  readonly allowedQuantity: string;
  /** The rule that decided the size, when it was reduced or denied. */
  readonly decidedBy: RuleName | null;
  readonly checks: readonly RiskCheck[];
  /** Flattening only: one entry per position; the quantities above are those of the first. */
  readonly legs?: readonly { readonly symbol: SymbolId; readonly askedQuantity: string; readonly allowedQuantity: string }[];
};

/** An order somebody would like to make. `quantity` in base units, already a whole number of lots; sells only reduce (spot). */
export type ProposedOrder = {
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: Fixed;
  readonly limitPrice: Fixed | null;
};

/** Everything the judge compares with. Money in quote currency. */
export type RiskSituation = {
  readonly agent: { readonly limits: Limits; readonly tradingState: TradingState; readonly symbols: readonly SymbolId[] };
  readonly workspace: { readonly limits: Limits; readonly tradingState: TradingState };
  /** null when the venue does not know the symbol. */
  readonly instrument: Instrument | null;
  /** Last price, null when there is none. */
  readonly lastPrice: Fixed | null;
  /** Free cash, without what open orders hold. */
  readonly cash: Fixed;
  /** Base units held, and how many of them open sell orders already claim. */
  readonly quantity: Fixed;
  readonly claimedBySells: Fixed;
  /** Quote value of this symbol's open buy orders at their limit (or last) price. */
  readonly openBuyNotional: Fixed;
  /** Notional of the symbol held by the whole workspace, this agent included, without open orders. */
  readonly workspaceNotional: Fixed;
  /** Today's profit or loss (negative), of the agent and of the workspace. */
  readonly dayPnl: Fixed;
  readonly workspaceDayPnl: Fixed;
  readonly ordersLastHour: number;
  readonly workspaceOrdersLastHour: number;
  /** A person or the kill switch asked for it: reductions pass even when halted. */
  readonly byPerson: boolean;
};
