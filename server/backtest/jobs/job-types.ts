import type { Interval } from "@/server/market";
import type { Json } from "@/server/shared";
import type { BacktestSpec } from "../backtest-spec";
import type { BacktestResult } from "../results/backtest-result";
import type { ExcessFigure } from "../results/trial-record";
import type { SweepResult } from "../run-sweep";
import type { WalkForwardResult } from "../run-walk-forward";
import type { SweepSpec, WalkForwardSpec } from "../sweep-spec";

/** What can be asked for. Plain JSON, stored as it is. */
export type JobSpec =
  | { readonly kind: "single"; readonly spec: BacktestSpec }
  | { readonly kind: "sweep"; readonly spec: SweepSpec }
  | { readonly kind: "walk-forward"; readonly spec: WalkForwardSpec };

export type JobResult =
  | { readonly kind: "single"; readonly result: BacktestResult }
  | { readonly kind: "sweep"; readonly result: SweepResult }
  | { readonly kind: "walk-forward"; readonly result: WalkForwardResult };

/** queued → running → done | failed | cancelled; cancelled and failed → queued again, with what was finished. */
export const JOB_STATUSES = ["queued", "running", "done", "failed", "cancelled"] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** One configuration that was tried, with what deflation needs of it. `id` is the same for the same configuration on the same time. */
export type TrialDraft = {
  readonly id: string;
  readonly symbolSet: string;
  readonly family: string;
  /** What was tried: every parameter of the rule set, and the bars that it decided on. */
  readonly params: Readonly<Record<string, number>>;
  readonly symbols: readonly string[];
  readonly interval: Interval;
  readonly returns: number;
  readonly sharpe: number | null;
  readonly skewness: number | null;
  readonly kurtosis: number | null;
  /** Of its excess over the exposure-matched hold, a year; null when that could not be computed. */
  readonly excess: ExcessFigure | null;
};

/** A finished piece that a later attempt goes on from, and the trials it made. Keys count from 0: agent:0, points:0, window:0, result. */
export type JobPart = { readonly key: string; readonly value: Json; readonly trials: readonly TrialDraft[] };

/** Figures of a list's row; null where the result has none. */
export type JobSummary = {
  readonly totalReturn: number | null;
  readonly holdReturn: number | null;
  readonly sharpe: number | null;
  readonly maxDrawdown: number | null;
  readonly trades: number | null;
  /** Sweeps: how many points ran, and the parameters of the best by Sharpe ratio. */
  readonly points: number | null;
  readonly best: Readonly<Record<string, number>> | null;
};
