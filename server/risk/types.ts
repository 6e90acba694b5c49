import type { SymbolId } from "@/server/market";
import type { Fixed } from "@/server/shared";

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
};
