import type { SymbolId } from "@/server/market";
import type { Json } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import type { BacktestMarket } from "../backtest-market";
import { runFromJson, runToJson } from "../engines/run-json";
import type { AgentRun } from "../engines/run-types";
import type { BacktestPlan } from "../plan-backtest";
import type { ExcessFigure, ExcessJudge } from "../results/trial-record";
import { runSpec } from "../run-spec";
import { bestPoint, runSweep, type SweepPointResult } from "../run-sweep";
import { runWalkForward, type WalkForwardWindow } from "../run-walk-forward";
import type { JobPart, JobResult, JobSpec, JobSummary } from "./job-types";
import { trialOf } from "./trials";

/** Points of a sweep that are kept in one part. */
const POINTS_A_PART = 25;

export type JobRun = {
  readonly workspaceId: string;
  readonly job: JobSpec;
  readonly market: BacktestMarket;
  readonly instrument: (symbol: SymbolId, plan: BacktestPlan) => Instrument;
  readonly build: string;
  readonly excessOf?: ExcessJudge;
  /** Parts that an earlier attempt has left, in any order. */
  readonly parts: readonly { readonly key: string; readonly value: Json }[];
  /** Told of each finished piece; what it has been told of need not be done again. */
  readonly onPart: (part: JobPart) => void;
  readonly onProgress: (done: number, total: number) => void;
};

/** Runs a job from where its parts leave off. Deterministic: the result's hash does not depend on how often it was interrupted. */
export async function runJob(run: JobRun): Promise<{ readonly result: JobResult; readonly summary: JobSummary }> {
  switch (run.job.kind) {
    case "single":
      return single(run, run.job);
    case "sweep":
      return sweep(run, run.job);
    case "walk-forward":
      return walkForward(run, run.job);
  }
}

const NOTHING: JobSummary = { totalReturn: null, holdReturn: null, sharpe: null, maxDrawdown: null, trades: null, points: null, best: null };

async function single(run: JobRun, job: JobSpec & { readonly kind: "single" }) {
  const finished = new Map<number, AgentRun>();
  for (const { place, value } of partsOf(run, "agent")) finished.set(place, runFromJson(value));
  const { result, excess } = await runSpec({
    ...run,
    spec: job.spec,
    finished,
    onAgent: (place, agent) => run.onPart({ key: `agent:${place}`, value: runToJson(agent), trials: [] }),
  });
  const trials = result.agents.map((a, place) =>
    trialOf(run.workspaceId, job.spec, place, {
      params: a.params,
      from: result.from,
      to: result.to,
      sample: a.performance.sample,
      excess: excess[place] ?? null,
    }),
  );
  run.onPart({ key: "result", value: result as unknown as Json, trials });
  const { performance, holdPerformance } = result;
  const summary: JobSummary = {
    ...NOTHING,
    totalReturn: performance.totalReturn,
    holdReturn: holdPerformance.totalReturn,
    sharpe: performance.sharpe.value,
    maxDrawdown: performance.drawdown.depth,
    trades: result.trades.length,
  };
  return { result: { kind: "single" as const, result }, summary };
}

async function sweep(run: JobRun, job: JobSpec & { readonly kind: "sweep" }) {
  const { base } = job.spec;
  const finished = new Map<number, SweepPointResult>();
  for (const { place, value } of partsOf(run, "points"))
    for (const [i, point] of (value as unknown as readonly SweepPointResult[]).entries()) finished.set(place + i, point);
  let waiting: { point: SweepPointResult; excess: ExcessFigure | null }[] = [];
  let first = finished.size;
  const flush = (): void => {
    if (waiting.length === 0) return;
    const trials = waiting
      .filter(({ point }) => point.refused === null)
      .map(({ point: p, excess }) => trialOf(run.workspaceId, base, 0, { params: p.params, from: base.from, to: base.to, sample: p.sample, excess }));
    run.onPart({ key: `points:${first}`, value: waiting.map((w) => w.point) as unknown as Json, trials });
    first += waiting.length;
    waiting = [];
  };
  const result = await runSweep({
    ...run,
    spec: job.spec,
    finished,
    onPoint: (_, point, excess) => {
      waiting.push({ point, excess });
      if (waiting.length >= POINTS_A_PART) flush();
    },
  });
  flush();
  run.onPart({ key: "result", value: result as unknown as Json, trials: [] });
  const best = bestPoint(result.points, "sharpe");
  const point = best === null ? null : (result.points[best.place] as SweepPointResult);
  const summary: JobSummary = {
    ...NOTHING,
    totalReturn: point?.totalReturn ?? null,
    sharpe: point?.sharpe.value ?? null,
    maxDrawdown: point?.maxDrawdown ?? null,
    trades: point?.trades ?? null,
    points: result.points.filter((p) => p.refused === null).length,
    best: point?.params ?? null,
  };
  return { result: { kind: "sweep" as const, result }, summary };
}

async function walkForward(run: JobRun, job: JobSpec & { readonly kind: "walk-forward" }) {
  const { base } = job.spec;
  const finished = new Map<number, WalkForwardWindow>();
  for (const { place, value } of partsOf(run, "window")) finished.set(place, value as unknown as WalkForwardWindow);
  const result = await runWalkForward({
    ...run,
    spec: job.spec,
    finished,
    onWindow: (place, window, excess) => {
      const trials = window.points
        .map((p, i) => ({ p, excess: excess[i] ?? null }))
        .filter(({ p }) => p.refused === null)
        .map(({ p, excess }) =>
          trialOf(run.workspaceId, base, 0, { params: p.params, from: window.from, to: window.split, sample: p.sample, excess }),
        );
      run.onPart({ key: `window:${place}`, value: window as unknown as Json, trials });
    },
  });
  run.onPart({ key: "result", value: result as unknown as Json, trials: [] });
  const summary: JobSummary = {
    ...NOTHING,
    totalReturn: result.performance.totalReturn,
    holdReturn: result.holdPerformance.totalReturn,
    sharpe: result.performance.sharpe.value,
    maxDrawdown: result.performance.drawdown.depth,
    trades: result.windows.reduce((n, w) => n + w.trades, 0),
    points: result.trials,
  };
  return { result: { kind: "walk-forward" as const, result }, summary };
}

function partsOf(run: JobRun, kind: string): readonly { readonly place: number; readonly value: Json }[] {
  return run.parts
    .filter((p) => p.key.startsWith(`${kind}:`))
    .map((p) => ({ place: Number(p.key.slice(kind.length + 1)), value: p.value }))
    .sort((a, b) => a.place - b.place);
}
