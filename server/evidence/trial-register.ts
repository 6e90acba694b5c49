import type { AgentConfig } from "@/server/agents";
import { hashJson, type TenantScope } from "@/server/shared";
import { withoutBigints } from "./without-bigints";

/** Where trials come from. An agent's own versions, all other agents of the workspace, backtests and points of sweeps. */
export const TRIAL_SOURCES = ["own-versions", "other-agents", "backtests", "sweeps"] as const;
export type TrialSourceId = (typeof TRIAL_SOURCES)[number];

/** One thing that was tried. The same key is the same trial, however often it was run. */
export type Trial = {
  readonly source: TrialSourceId;
  readonly key: string;
  /** Sharpe ratio of its excess over the exposure-matched hold, per year; null when not known. */
  readonly yearlySharpe: number | null;
  /** Periods that ratio was measured over. */
  readonly periods: number;
};

export type TrialTally = {
  /** Distinct trials, at least 1: the record itself. */
  readonly trials: number;
  readonly sources: readonly { readonly source: TrialSourceId; readonly count: number }[];
  readonly knownSharpes: readonly number[];
};

/** Counts what was tried in a workspace until an agent was chosen; nobody has to tell it. */
export interface TrialRegister {
  /** Throws NOT_FOUND for what is another tenant's. */
  tally(scope: TenantScope, agentId: string): Promise<TrialTally>;
}

/** Trials of backtests and sweeps of a workspace, by the keys of `trialKey`. */
export type BacktestTrials = (scope: TenantScope) => Promise<readonly Trial[]>;

/** Ratios over fewer periods are noise and would widen the spread of the others. */
const FEWEST_PERIODS_KNOWN = 100;

/**
 * What makes a configuration a try of its own: who decides with which parameters (for a model also the strategy text and the mask; rules do not
 * read it), on which symbols, bars and rhythm, under which protections. Names, limits, budgets and the order of symbols are not.
 */
export function trialKey(
  config: Pick<AgentConfig, "decider" | "strategyText" | "symbols" | "barInterval" | "trigger" | "masked" | "protections">,
): string {
  const { decider } = config;
  const decides =
    decider.kind === "rules"
      ? { ruleSet: decider.ruleSet, params: decider.params }
      : { model: decider.model, strategyText: config.strategyText.trim(), masked: config.masked === true };
  const trial = {
    decides,
    symbols: [...config.symbols].sort(),
    bars: config.barInterval,
    trigger: config.trigger,
    protections: config.protections ?? [],
  };
  return hashJson(withoutBigints(trial));
}

/** Distinct trials; one that several sources name counts for the first of them in the order of TRIAL_SOURCES. */
export function tallyTrials(trials: readonly Trial[]): TrialTally {
  const firstOf = new Map<string, Trial>();
  const sharpes = new Map<string, number>();
  for (const source of TRIAL_SOURCES) {
    for (const t of trials) {
      if (t.source !== source) continue;
      if (!firstOf.has(t.key)) firstOf.set(t.key, t);
      if (t.yearlySharpe !== null && Number.isFinite(t.yearlySharpe) && t.periods >= FEWEST_PERIODS_KNOWN && !sharpes.has(t.key))
        sharpes.set(t.key, t.yearlySharpe);
    }
  }
  const counted = [...firstOf.values()];
  return {
    trials: Math.max(1, counted.length),
    sources: TRIAL_SOURCES.map((source) => ({ source, count: counted.filter((t) => t.source === source).length })),
    knownSharpes: [...sharpes.values()],
  };
}
