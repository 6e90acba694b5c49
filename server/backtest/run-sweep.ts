import type { MarketSource, SymbolId } from "@/server/market";
import { DomainError, hashJson, type Json, toText } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import type { BacktestSpec } from "./backtest-spec";
import { checkMarket, type MarketQuality } from "./check-market";
import { gridOf, runAgent } from "./engines/run-agent";
import { type BacktestPlan, planBacktest } from "./plan-backtest";
import { type BlockReturns, blockReturns } from "./results/block-returns";
import { type Performance, performanceOf, returnsOf } from "./results/performance";
import { roundTrips } from "./results/round-trips";
import { missing, type StatFigure } from "./results/stat-figure";
import type { ExcessFigure } from "./results/trial-record";
import { valueCurve } from "./results/value-curve";
import { judged, type RunSpecOptions } from "./run-spec";
import { type Objective, type SweepAxis, type SweepSpec, sweepPoints } from "./sweep-spec";

type Params = Readonly<Record<string, number>>;

/** What one point of a sweep made; null figures say why. */
export type SweepPointResult = {
  readonly params: Params;
  /** Why the point was not run. */
  readonly refused: string | null;
  readonly equity: string;
  readonly totalReturn: number;
  readonly sharpe: StatFigure;
  readonly calmar: StatFigure;
  readonly maxDrawdown: number;
  readonly trades: number;
  readonly sample: Performance["sample"];
  /** Null when the point was not run, has too few returns or lost everything. */
  readonly blocks: BlockReturns | null;
};

export type SweepResult = {
  readonly version: 1;
  readonly source: MarketSource;
  readonly axes: readonly SweepAxis[];
  readonly points: readonly SweepPointResult[];
  readonly quality: readonly MarketQuality[];
  /** SHA-256 of everything above. */
  readonly hash: string;
};

/** Probability of overfitting over all settings of a sweep by CSCV; null figures when it cannot be said, and why. */
export type SweepOverfitting = {
  /** Share of the splits in which the setting that was best in one half of the time was below the median in the other. */
  readonly probability: number | null;
  /** Share of the splits in which it lost in the other half. */
  readonly lossProbability: number | null;
  readonly splits: number;
  readonly settings: number;
  readonly refusal: string | null;
};

export type SweepOptions = Omit<RunSpecOptions, "spec" | "finished" | "onAgent"> & {
  readonly spec: SweepSpec;
  /** Points that an earlier attempt has finished, by place. */
  readonly finished?: ReadonlyMap<number, SweepPointResult>;
  readonly onPoint?: (place: number, point: SweepPointResult, excess: ExcessFigure | null) => void;
};

/** Runs all points of a sweep over the same bars. Deterministic like runSpec; progress counts ticks of all points. Throws what sweepPoints, planBacktest and checkMarket throw. */
export async function runSweep(options: SweepOptions): Promise<SweepResult> {
  const { spec } = options;
  const points = sweepPoints(spec);
  const runPoint = pointRunner(options, spec.base);
  const results: SweepPointResult[] = [];
  for (const [place, point] of points.entries()) {
    const before = options.finished?.get(place);
    const made = before === undefined && point.refused === null ? await runPoint.run(point.params) : null;
    const result = before ?? made?.result ?? refusedPoint(point.params, point.refused ?? "");
    if (!before) options.onPoint?.(place, result, made?.excess ?? null);
    results.push(result);
    options.onProgress?.((place + 1) * runPoint.ticks, points.length * runPoint.ticks);
  }
  const body = { version: 1 as const, source: options.market.source, axes: spec.axes, points: results, quality: runPoint.quality };
  return { ...body, hash: hashJson(body as unknown as Json) };
}

type Shared = Pick<RunSpecOptions, "market" | "instrument" | "build" | "excessOf">;

/** Runs one agent with changing parameters over the same bars and ticks. */
export function pointRunner(shared: Shared, base: BacktestSpec, quality?: readonly MarketQuality[]) {
  const known = withParams(base, base.agents[0]?.params ?? {});
  const first = planAny(known, base);
  const checked = quality ?? checkMarket(shared.market, { symbols: first.symbols, interval: base.interval, from: base.from, to: base.to });
  const instruments = new Map<SymbolId, Instrument>(first.symbols.map((s) => [s, shared.instrument(s, first)]));
  const instrument = (symbol: SymbolId): Instrument => instruments.get(symbol) as Instrument;
  const times = { from: base.from, to: base.to };
  const [agent] = first.agents as [BacktestPlan["agents"][number]];
  const grid = gridOf({ agent: agent.agent, market: shared.market, ...times });
  const atOf = (i: number): number => (i < grid.count ? grid.first + i * grid.stepMs : grid.to);
  return {
    ticks: first.ticks,
    quality: checked,
    grid,
    capital: agent.capital,
    instrument,
    /** Throws the rule catalog's errors. */
    async whole(params: Params) {
      const plan = planBacktest(withParams(base, params));
      const [{ agent: who, capital }] = plan.agents as [BacktestPlan["agents"][number]];
      const run = await runAgent(
        base.engine,
        { agent: who, capital, market: shared.market, instrument, rules: plan.rules, build: shared.build, ...times },
        grid,
      );
      return { run, curve: valueCurve(capital, run, grid), plan };
    },
    async run(params: Params): Promise<{ readonly result: SweepPointResult; readonly excess: ExcessFigure | null }> {
      const { run, curve } = await this.whole(params);
      const { totalReturn, sharpe, calmar, drawdown, sample } = performanceOf(curve.equity, grid.stepMs, atOf);
      const returns = returnsOf(curve.equity);
      const blocks = returns.length === curve.equity.length - 1 ? blockReturns(returns) : null;
      const trades = roundTrips(run.fills, (_, q) => q).length;
      const figures = { totalReturn, sharpe, calmar, maxDrawdown: drawdown.depth, trades, sample, blocks };
      const excess = judged(shared.excessOf, run, () => curve, grid);
      return { result: { params, refused: null, equity: toText(run.equity), ...figures }, excess };
    },
  };
}

/** The plan of a base whose own parameters may not go together: with the rule set's defaults then. */
function planAny(spec: BacktestSpec, base: BacktestSpec): BacktestPlan {
  try {
    return planBacktest(spec);
  } catch (error) {
    if (!(error instanceof DomainError) || !(error.details.field ?? "").startsWith("agents.0.params")) throw error;
    return planBacktest(withParams(base, {}));
  }
}

const withParams = (base: BacktestSpec, params: Params): BacktestSpec => ({
  ...base,
  draws: 0,
  agents: base.agents.map((a) => ({ ...a, params })),
});

export const refusedPoint = (params: Params, refused: string): SweepPointResult => ({
  params,
  refused,
  equity: "0",
  totalReturn: 0,
  sharpe: missing(refused),
  calmar: missing(refused),
  maxDrawdown: 0,
  trades: 0,
  sample: { returns: 0, sharpe: null, skewness: null, kurtosis: null },
  blocks: null,
});

/** The point with the largest objective; of equals the first. null when none has one. */
export function bestPoint(points: readonly SweepPointResult[], objective: Objective): { readonly place: number; readonly value: number } | null {
  let best: { place: number; value: number } | null = null;
  for (const [place, p] of points.entries()) {
    const value = p.refused !== null ? null : objective === "return" ? p.totalReturn : p[objective].value;
    if (value !== null && (best === null || value > best.value)) best = { place, value };
  }
  return best;
}
