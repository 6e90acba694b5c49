import type { SymbolId } from "@/server/market";
import type { Fixed } from "@/server/shared";
import type { Instrument, OrderType, Side } from "@/server/trading";
import type { ClosedTrade, ProtectionSpec } from "./protections/types";

/** active: everything is judged; reducing: only orders that reduce; halted: nothing but cancels and reductions by a person or the kill switch. */
export type TradingState = "active" | "reducing" | "halted";

/**
 * Hard limits of an agent, a farm or a workspace. Null or absent = no such limit at this level. Money in quote currency, shares in per
 * cent; LIMIT_SPECS says what each one is.
 */
export type Limits = {
  readonly allowedSymbols: readonly SymbolId[] | null;
  readonly maxOrderNotional: Fixed | null;
  readonly maxPositionNotional: Fixed | null;
  readonly maxDailyLoss: Fixed | null;
  readonly maxOrdersPerHour: number | null;
  readonly minOrderNotional?: Fixed | null;
  readonly maxGrossNotional?: Fixed | null;
  readonly maxGrossPercent?: Fixed | null;
  readonly maxSymbolPercent?: Fixed | null;
  readonly maxSectorPercent?: Fixed | null;
  readonly maxCorrelatedPercent?: Fixed | null;
  readonly correlationThreshold?: Fixed | null;
  readonly maxVolumePercent?: Fixed | null;
  readonly volumeBars?: number | null;
  readonly maxDepthPercent?: Fixed | null;
  readonly priceCollarBps?: number | null;
  readonly maxPriceAgeSeconds?: number | null;
  readonly maxOrdersPerMinute?: number | null;
  readonly duplicateWindowSeconds?: number | null;
  /** "08:00-20:00", UTC; over midnight when the second is the earlier one. */
  readonly tradingHours?: string | null;
  /** Sector by market, beside and before the product's own table. */
  readonly sectors?: Readonly<Record<SymbolId, string>> | null;
};

export const RULES = [
  "trading-state",
  "session",
  "symbol-allow-list",
  "stale-price",
  "price-collar",
  "price-precision",
  "self-crossing",
  "reduce-only",
  "order-notional",
  "position-notional",
  "gross-exposure",
  "exposure-share",
  "goal-budget",
  "concentration",
  "sector",
  "correlation",
  "depth-share",
  "volume-share",
  "daily-loss",
  "orders-per-minute",
  "orders-per-hour",
  "stop-loss-guard",
  "max-drawdown",
  "low-profit-pairs",
  "cooldown-period",
  "free-balance",
  "quantity-precision",
  "quantity-range",
  "venue-minimum",
  "order-minimum",
  "duplicate-intent",
] as const;
export type RuleName = (typeof RULES)[number];

/** Whose limit it is, from the narrowest to the widest; the venue's own rules stand beside them. */
export const LEVELS = ["agent", "farm", "workspace"] as const;
export type LevelName = (typeof LEVELS)[number];

/** One rule's answer: the limit beside the numbers it was compared with, as exact decimal text. */
export type RiskCheck = {
  readonly rule: RuleName;
  readonly level: LevelName | "venue";
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

/** An order somebody would like to make. `quantity` in base units; sells only reduce (spot). */
export type ProposedOrder = {
  readonly symbol: SymbolId;
  readonly side: Side;
  readonly type: OrderType;
  readonly quantity: Fixed;
  readonly limitPrice: Fixed | null;
};

/** One level whose limits bind the order, and where it stands. Money in quote currency. */
export type RiskLevel = {
  readonly level: LevelName;
  /** Of a farm that holds the agent's own farm: 0 is the next one up. Absent for every other level. */
  readonly outer?: number;
  readonly limits: Limits;
  readonly tradingState: TradingState;
  /** Today's profit or loss (negative). */
  readonly dayPnl: Fixed;
  readonly ordersLastHour: number;
  readonly ordersLastMinute: number;
  /** Null when it is not known, which refuses what would have to be compared with it. */
  readonly equity: Fixed | null;
  /** Notional of the ordered symbol at this level without this agent's open orders; null for the agent, whose position is measured at the order's own price. */
  readonly symbolNotional: Fixed | null;
  /** Notional held and wanted by open buys, by symbol; a null value has no price. Asked for only by limits on the sum of several symbols. */
  exposures(): Readonly<Record<SymbolId, Fixed | null>>;
};

/** An order that is still open in the account that this one would go to. */
export type OwnOpenOrder = { readonly symbol: SymbolId; readonly side: Side; readonly limitPrice: Fixed | null };

/** An order of the last while; `levels` = at which levels it counts as one's own. */
export type RecentOrder = OwnOpenOrder & {
  readonly quantity: Fixed;
  readonly at: number;
  readonly levels: readonly LevelName[];
  /** At which outer farms it counts, too; absent = at none. */
  readonly outer?: readonly number[];
};

/** Everything the judge compares with. Money in quote currency, times in market ms. */
export type RiskSituation = {
  /** The agent first, the workspace last. */
  readonly levels: readonly RiskLevel[];
  /** The agent's own symbols. */
  readonly symbols: readonly SymbolId[];
  readonly at: number;
  /** null when the venue does not know the symbol. */
  readonly instrument: Instrument | null;
  /** Whether the venue trades the symbol now. */
  readonly session: "open" | "reduce-only" | "closed";
  /** Last price, null when there is none, and when it was. */
  readonly lastPrice: Fixed | null;
  readonly lastPriceAt: number | null;
  /** Close of the last closed bar the agent sees; null when it sees none. */
  readonly referencePrice: () => Fixed | null;
  /** Free cash, without what open orders hold. */
  readonly cash: Fixed;
  /** Base units held, and how many of them open sell orders already claim. */
  readonly quantity: Fixed;
  readonly claimedBySells: Fixed;
  /** Quote value of this symbol's open buy orders at their limit (or last) price. */
  readonly openBuyNotional: Fixed;
  readonly openOrders: readonly OwnOpenOrder[];
  readonly recentOrders: readonly RecentOrder[];
  /** Base units traded in the last so many closed bars, and how many there were. */
  readonly volume: (bars: number) => { readonly traded: Fixed; readonly bars: number };
  /** Base units offered (for a buy) in the venue's book; null when no book is known. */
  readonly depth: Fixed | null;
  /** Correlation of the returns of the ordered symbol with another's; null when there are too few common bars, or one of them never moved. */
  readonly correlation: (other: SymbolId) => number | null;
  /** The agent's protections, and its round trips that may bear on them, oldest first. */
  readonly protections: readonly ProtectionSpec[];
  readonly closedTrades: readonly ClosedTrade[];
  /** What the agent's goals leave it: most that may be invested, per cent of its equity, and why. Absent when no goal bounds it. */
  readonly goalBudget?: { readonly maxExposurePercent: Fixed; readonly why: string };
  /** A person or the kill switch asked for it: reductions pass even when halted. */
  readonly byPerson: boolean;
};
