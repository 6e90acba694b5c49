import type { SymbolId } from "@/server/market";
import type { BacktestSpec } from "../backtest-spec";
import { planBacktest } from "../plan-backtest";
import { walkForwardWindows } from "../run-walk-forward";
import { sweepPoints } from "../sweep-spec";
import type { JobSpec } from "./job-types";

/** What a job needs of the market, known before anything is loaded. */
export type JobPlan = { readonly base: BacktestSpec; readonly symbols: readonly SymbolId[]; readonly currency: string; readonly trials: number };

/** Checks a job as a whole. Throws what planBacktest, sweepPoints and walkForwardWindows throw. */
export function planJob(job: JobSpec): JobPlan {
  if (job.kind === "single") {
    const { symbols, currency } = planBacktest(job.spec);
    return { base: job.spec, symbols, currency, trials: job.spec.agents.length };
  }
  const points = sweepPoints(job.spec).filter((p) => p.refused === null);
  const base: BacktestSpec = { ...job.spec.base, agents: job.spec.base.agents.map((a) => ({ ...a, params: points[0]?.params ?? a.params })) };
  const { symbols, currency, stepMs } = planBacktest(base);
  const windows = job.kind === "sweep" ? 1 : walkForwardWindows(job.spec, stepMs).length;
  return { base, symbols, currency, trials: windows * points.length };
}
