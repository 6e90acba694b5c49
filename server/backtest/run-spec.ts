import type { SymbolId } from "@/server/market";
import type { Instrument } from "@/server/trading";
import type { BacktestMarket } from "./backtest-market";
import type { BacktestSpec } from "./backtest-spec";
import { checkMarket } from "./check-market";
import { gridOf, runAgent } from "./engines/run-agent";
import type { AgentRun } from "./engines/run-types";
import type { TickGrid } from "./engines/tick-grid";
import { type BacktestPlan, planBacktest } from "./plan-backtest";
import type { BacktestResult } from "./results/backtest-result";
import { measureBacktest } from "./results/measure-backtest";
import { type ExcessFigure, type ExcessJudge, trialRecord } from "./results/trial-record";
import { type ValueCurve, valueCurve } from "./results/value-curve";

export type RunSpecOptions = {
  readonly spec: BacktestSpec;
  readonly market: BacktestMarket;
  /** Venue rules of a symbol, with the backtest's fees. */
  readonly instrument: (symbol: SymbolId, plan: BacktestPlan) => Instrument;
  readonly build: string;
  /** Judges what was tried by its excess over a matched hold, for the count of trials; it is no part of the result. */
  readonly excessOf?: ExcessJudge;
  /** Agents that an earlier attempt has finished, by their place in the specification. */
  readonly finished?: ReadonlyMap<number, AgentRun>;
  /** Called when an agent is done: what a later attempt can go on from. */
  readonly onAgent?: (place: number, run: AgentRun) => void;
  /** Ticks done of all agents. Throwing from it ends the run. */
  readonly onProgress?: (done: number, total: number) => void;
};

/**
 * A whole backtest: checks the specification and the bars, runs the agents one after the other and measures. Deterministic: a run that is
 * begun again, with or without what was finished before, gives the same hash. Throws what planBacktest and checkMarket throw.
 */
export async function runSpec(
  options: RunSpecOptions,
): Promise<{ readonly result: BacktestResult; readonly runs: readonly AgentRun[]; readonly excess: readonly (ExcessFigure | null)[] }> {
  const { spec, market } = options;
  const plan = planBacktest(spec);
  const quality = checkMarket(market, { symbols: plan.symbols, interval: spec.interval, from: spec.from, to: spec.to });
  const instruments = new Map<SymbolId, Instrument>(plan.symbols.map((s) => [s, options.instrument(s, plan)]));
  const instrument = (symbol: SymbolId): Instrument => instruments.get(symbol) as Instrument;
  const total = plan.ticks * plan.agents.length;
  const runs: { run: AgentRun; grid: TickGrid }[] = [];
  for (const [place, { agent, capital }] of plan.agents.entries()) {
    const shared = { agent, capital, market, instrument, rules: plan.rules, from: spec.from, to: spec.to, build: options.build };
    const grid = gridOf(shared);
    const before = options.finished?.get(place);
    const onProgress = (done: number): void => options.onProgress?.(place * plan.ticks + done, total);
    const run = before ?? (await runAgent(spec.engine, { ...shared, onProgress }, grid));
    if (!before) options.onAgent?.(place, run);
    runs.push({ run, grid });
  }
  options.onProgress?.(total, total);
  const excess = runs.map(({ run, grid }, i) => {
    const { capital } = plan.agents[i] as BacktestPlan["agents"][number];
    return judged(options.excessOf, run, () => valueCurve(capital, run, grid), grid);
  });
  return { result: measureBacktest({ spec, plan, market, instrument, quality, runs }), runs: runs.map((r) => r.run), excess };
}

/** What a judge says of a run; null without one. */
export function judged(judge: ExcessJudge | undefined, run: AgentRun, curve: () => ValueCurve, grid: TickGrid): ExcessFigure | null {
  const record = judge ? trialRecord(run, curve(), grid) : null;
  return judge && record ? judge(record) : null;
}
