import type { BarView, SymbolId } from "@/server/market";
import { type Fixed, fixed } from "@/server/shared";
import type { Execution, Instrument, VenueOrder } from "./types";

/**
 * The paper venue's fill rules, shown on screen. Fractions: 0.0001 = 1 bp.
 * Half-spread is what a market order pays beside the open; participation is the share of a bar's volume one order may take.
 * Impact is depth: a market fill that takes the share s of the last bar's volume pays impact × √s of the price on top (the square-root
 * law of Almgren, Thum, Hauptmann & Li, Direct Estimation of Equity Market Impact, 2005; Tóth et al., Anomalous Price Impact, 2011,
 * with daily volatility and volume replaced by one stated coefficient). Left out = none.
 */
export type PaperRules = { readonly halfSpread: Fixed; readonly participation: Fixed; readonly impact?: Fixed };
export const DEFAULT_PAPER_RULES: PaperRules = { halfSpread: fixed("0.0001"), participation: fixed("0.1") };

/** An order in the venue's books. Decimals as text, times in market ms: plain JSON. */
export type PaperOrder = {
  readonly clientOrderId: string;
  /** Counts the orders of the account: a client id may come again once its order has ended. */
  readonly placement: number;
  readonly symbol: SymbolId;
  readonly side: "buy" | "sell";
  readonly type: "market" | "limit";
  readonly quantity: string;
  readonly limitPrice: string | null;
  readonly reduceOnly: boolean;
  readonly expiresAt: number | null;
  readonly at: number;
  readonly status: VenueOrder["status"];
  readonly filledQuantity: string;
  readonly reason: string | null;
  /** What is still locked: quote currency for buys, base units for sells. */
  readonly reserved: string;
  /** Last market event this order has seen: instant and rank (see paper-events). */
  readonly seenAt: number;
  readonly seenRank: number;
  /** True once it has been in the book at an open: from then on it rests. */
  readonly arrived: boolean;
  /** How much it filled in the bar that opened at `barAt`. */
  readonly barAt: number;
  readonly barFilled: string;
};

/** Everything the venue knows of one account; plain JSON, stored whole. */
export type PaperAccountState = {
  readonly version: 1;
  readonly balances: Readonly<Record<string, string>>;
  readonly open: readonly PaperOrder[];
  readonly lastSequence: number;
  readonly lastPlacement: number;
  /** Market time up to which every order has seen the market (ms). */
  readonly advancedTo: number;
  /** Keys of the transfers made: each is made once. */
  readonly transfers: readonly string[];
};

export const EMPTY_PAPER_ACCOUNT: PaperAccountState = {
  version: 1,
  balances: {},
  open: [],
  lastSequence: 0,
  lastPlacement: 0,
  advancedTo: 0,
  transfers: [],
};

/** What the market did for one symbol: base bars oldest first, starting a few bars before the first that matters (their volume bounds the first fill). */
export type PaperMarket = {
  readonly instrument: Instrument;
  readonly baseMs: number;
  readonly bars: readonly BarView[];
};

export type PaperStep = {
  readonly state: PaperAccountState;
  readonly executions: readonly Execution[];
  /** Orders that changed, in their new state, each once. */
  readonly orders: readonly PaperOrder[];
};
