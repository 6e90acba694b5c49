import type { RuleSetName } from "@/server/agents";
import type { Interval, SymbolId } from "@/server/market";
import type { Json } from "@/server/shared";
import type { EngineName } from "./engines/run-types";
import type { LimitsAboveSpec } from "./limits-above";

/** One agent of a backtest: who decides, on what, with how much. */
export type BacktestAgentSpec = {
  readonly name: string;
  readonly symbols: readonly SymbolId[];
  readonly ruleSet: RuleSetName;
  readonly params: Readonly<Record<string, number>>;
  /** Quote currency as decimal text; null = an equal share of the backtest's capital. */
  readonly capital: string | null;
  /** As an agent's: decimals as text; a limit that is left out is no limit. */
  readonly limits: Readonly<Record<string, Json>>;
};

/** What trading costs; decimals as text. */
export type BacktestCosts = {
  /** Fractions of the notional: 0.001 = 10 bp. */
  readonly makerFee: string;
  readonly takerFee: string;
  /** What a market order pays beside the open, a fraction. */
  readonly halfSpread: string;
  /** Depth: a market order that takes the share s of a bar's volume pays impact × √s of the price on top; see PaperRules. 0 = none. */
  readonly impact: string;
  /** Share of a bar's volume one order may take. */
  readonly participation: string;
};

/** Everything a backtest is a function of, beside the bars: plain JSON, stored as it is. Same spec and bars, same result. */
export type BacktestSpec = {
  readonly version: 1;
  readonly engine: EngineName;
  /** Every agent ticks at the close of each bar of this interval, and decides on such bars. */
  readonly interval: Interval;
  /** Market time (ms): ticks at every multiple of the interval in [from, to). */
  readonly from: number;
  readonly to: number;
  /** Split equally over the agents that name no capital of their own; decimal text, quote currency. */
  readonly capital: string;
  readonly agents: readonly BacktestAgentSpec[];
  /** Limits above the agents, beside their own; absent = none. Each agent is judged as if it were alone under them. */
  readonly limitsAbove?: LimitsAboveSpec;
  readonly costs: BacktestCosts;
  /** The random-entry comparison: how many draws (0 = none), from which seed. */
  readonly draws: number;
  readonly seed: number;
};

export const DEFAULT_COSTS: BacktestCosts = { makerFee: "0.001", takerFee: "0.001", halfSpread: "0.0001", impact: "0", participation: "0.1" };
