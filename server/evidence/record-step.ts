import { INTERVAL_MS, type Interval } from "@/server/market";

const STEPS = ["1h", "4h", "1d"] as const satisfies readonly Interval[];
/** More periods than this say no more, and depend on each other. */
const MOST_PERIODS = 2000;
const YEAR_MS = 365 * INTERVAL_MS["1d"];

export type RecordStep = {
  readonly interval: Interval;
  readonly stepMs: number;
  readonly perYear: number /** The period a short record of the same rhythm is cut into. */;
  readonly finestMs: number;
};

/**
 * The period a record is cut into: the agent's own rhythm, but an hour at least and a day at most, and so long that there are at most 2,000.
 * `rhythmMs` null = only a person wakes it. Markets are open all year: 365 days.
 */
export function recordStep(rhythmMs: number | null, spanMs: number): RecordStep {
  const interval = STEPS.find((s) => INTERVAL_MS[s] >= (rhythmMs ?? 0) && spanMs / INTERVAL_MS[s] <= MOST_PERIODS) ?? "1d";
  const finest = STEPS.find((s) => INTERVAL_MS[s] >= (rhythmMs ?? 0)) ?? "1d";
  return { interval, stepMs: INTERVAL_MS[interval], perYear: YEAR_MS / INTERVAL_MS[interval], finestMs: INTERVAL_MS[finest] };
}
