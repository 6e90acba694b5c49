import type { MarketSource, SymbolId } from "@/server/market";
import type { MarketQuality } from "../check-market";
import type { MonthlyReturn } from "./monthly-returns";
import type { Performance } from "./performance";
import type { StatFigure } from "./stat-figure";

/** A round trip as stored: money and quantities as decimal text. `agent` = place in the specification. */
export type TradeRow = {
  readonly agent: number;
  readonly symbol: SymbolId;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly quantity: string;
  readonly paid: string;
  readonly received: string;
  readonly fees: string;
  readonly pnl: string;
  /** pnl ÷ paid. */
  readonly return: number;
  readonly fills: number;
};

export type FillRow = {
  readonly agent: number;
  readonly symbol: SymbolId;
  readonly side: "buy" | "sell";
  readonly quantity: string;
  readonly price: string;
  readonly fee: string;
  readonly liquidity: "maker" | "taker";
  readonly at: number;
};

/** How the trades turned out; figures without a trade to make them of say so. */
export type TradeStats = {
  readonly closed: number;
  readonly open: number;
  readonly winners: number;
  readonly losers: number;
  readonly winRate: StatFigure;
  /** Gross profit over gross loss of the closed trades, net of fees. */
  readonly profitFactor: StatFigure;
  readonly averageReturn: StatFigure;
  readonly best: StatFigure;
  readonly worst: StatFigure;
  readonly averageHoldMs: StatFigure;
};

/** What trading cost, quote currency as text, and how much was traded. */
export type CostFigures = {
  readonly fees: string;
  /** Σ |fill price − open| × quantity of what was taken: half-spread, impact and ticks. */
  readonly slippage: string;
  readonly total: string;
  /** Σ of the notional of all fills. */
  readonly turnover: string;
  /** Turnover ÷ mean equity, a year. */
  readonly turnoverAYear: StatFigure;
};

export type ExposureFigures = {
  /** Mean of what is held ÷ equity. */
  readonly mean: number;
  /** Share of the ticks with a position. */
  readonly timeInMarket: number;
};

export type AgentResult = {
  readonly name: string;
  readonly symbols: readonly SymbolId[];
  readonly ruleSet: string;
  readonly params: Readonly<Record<string, number>>;
  readonly capital: string;
  readonly equity: string;
  readonly hold: string;
  readonly ticks: number;
  readonly skipped: number;
  readonly orders: number;
  readonly reduced: number;
  readonly denied: number;
  readonly fills: number;
  readonly performance: Performance;
};

/** One point of the curves (floats: pixels and statistics). */
export type CurvePoint = { readonly at: number; readonly equity: number; readonly hold: number; readonly invested: number };

/** What a module that weighs evidence needs: returns from tick to tick, of the equity and of buy-and-hold, and the share invested. */
export type EvidenceSeries = {
  /** From point to point (ms); several ticks are taken together when there are very many. */
  readonly stepMs: number;
  readonly at: readonly number[];
  readonly returns: readonly number[];
  readonly holdReturns: readonly number[];
  /** Share of the equity that was invested at the beginning of each return. */
  readonly exposure: readonly number[];
};

export type RandomEntryResult = {
  readonly draws: number;
  readonly seed: number;
  readonly percentile: number;
  readonly low: number;
  readonly median: number;
  readonly high: number;
  readonly band: readonly { readonly at: number; readonly low: number; readonly median: number; readonly high: number }[];
};

/** All of it a pure function of the fills, the bars and the specification: the same whichever engine made the fills. */
export type BacktestResult = {
  readonly version: 1;
  readonly source: MarketSource;
  readonly currency: string;
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  readonly ticks: number;
  readonly capital: string;
  readonly equity: string;
  readonly hold: string;
  readonly performance: Performance;
  readonly holdPerformance: Performance;
  readonly agents: readonly AgentResult[];
  readonly costs: CostFigures;
  readonly exposure: ExposureFigures;
  readonly tradeStats: TradeStats;
  readonly trades: readonly TradeRow[];
  readonly fills: readonly FillRow[];
  readonly monthly: readonly MonthlyReturn[];
  /** null without draws or without trades. */
  readonly random: RandomEntryResult | null;
  readonly curve: readonly CurvePoint[];
  readonly evidence: EvidenceSeries;
  readonly quality: readonly MarketQuality[];
  /** SHA-256 of everything above. */
  readonly hash: string;
};
