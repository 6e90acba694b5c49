import type { SymbolId } from "@/server/market";
import { DomainError } from "@/server/shared";
import type { BacktestSpec } from "../backtest-spec";
import { planBacktest } from "../plan-backtest";
import { walkForwardWindows } from "../run-walk-forward";
import { MOST_TRIALS, sweepPoints } from "../sweep-spec";
import type { JobSpec } from "./job-types";

/** What a job needs of the market, known before anything is loaded. `bars` = what all its runs together go through. */
export type JobPlan = {
  readonly base: BacktestSpec;
  readonly symbols: readonly SymbolId[];
  readonly currency: string;
  readonly trials: number;
  readonly bars: number;
};

/** Bars of all runs of one job together: what takes about an hour of one core, after which the next job in the queue has its turn. */
export const MOST_JOB_BARS = { audited: 20_000_000, event: 2_000_000_000, array: 10_000_000_000 } as const;

/** Checks a job as a whole. Throws what planBacktest, sweepPoints and walkForwardWindows throw, TOO_MANY_TRIALS and JOB_TOO_LARGE. */
export function planJob(job: JobSpec): JobPlan {
  if (job.kind === "single") {
    const { symbols, currency, ticks } = planBacktest(job.spec);
    const bars = ticks * job.spec.agents.reduce((n, a) => n + a.symbols.length, 0);
    return { base: job.spec, symbols, currency, trials: job.spec.agents.length, bars };
  }
  const points = sweepPoints(job.spec).filter((p) => p.refused === null);
  const base: BacktestSpec = { ...job.spec.base, agents: job.spec.base.agents.map((a) => ({ ...a, params: points[0]?.params ?? a.params })) };
  const { symbols, currency, stepMs, ticks } = planBacktest(base);
  if (job.kind === "sweep") return bounded({ base, symbols, currency, trials: points.length, bars: points.length * ticks * symbols.length });
  const windows = walkForwardWindows(job.spec, stepMs);
  const bars = windows.reduce((n, w) => n + points.length * ((w.split - w.from) / stepMs) + (w.to - w.split) / stepMs, 0);
  return bounded({ base, symbols, currency, trials: windows.length * points.length, bars: Math.ceil(bars) * symbols.length });
}

function bounded(plan: JobPlan): JobPlan {
  const { trials, bars, base } = plan;
  if (trials > MOST_TRIALS) {
    throw new DomainError(
      "TOO_MANY_TRIALS",
      `${count(trials)} runs are more than the ${count(MOST_TRIALS)} that one job makes: fewer values or longer windows`,
      {
        field: "axes",
        data: { trials, most: MOST_TRIALS },
      },
    );
  }
  const most = MOST_JOB_BARS[base.engine];
  if (bars > most) {
    throw new DomainError(
      "JOB_TOO_LARGE",
      `${count(trials)} runs go through ${count(bars)} bars together, more than the ${count(most)} that one job of the ${base.engine} engine may: fewer values, a shorter time or a coarser interval`,
      { field: "axes", data: { trials, bars, most } },
    );
  }
  return plan;
}

const count = (n: number): string => n.toLocaleString("en");
