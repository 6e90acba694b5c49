import { normalProbability } from "@/server/risk";
import { DomainError } from "@/server/shared";
import { anyTimeBound, anyTimeConfidence } from "./any-time";
import { deflatedSharpe, expectedMaxSharpe } from "./deflated-sharpe";
import { effectiveCount } from "./effective-count";
import { exposureMatched, type MatchedExcess, type PeriodRecord } from "./exposure-matched";
import { minTrackRecord, probabilisticSharpe, type SharpeEstimate, sharpeDeviate } from "./probabilistic-sharpe";
import { returnMoments } from "./return-moments";

/** Fewest periods of which skill is judged at all. */
export const FEWEST_PERIODS = 100;
/** From so many known trials on the spread of their ratios is taken from them. */
export const FEWEST_KNOWN_TRIALS = 10;

/** What was tried until this record was chosen. */
export type TrialCount = {
  /** All that were tried, this one included. */
  readonly trials: number;
  /** Ratios of those that are known, per year and each over a hundred periods or more. */
  readonly knownSharpes: readonly number[];
};

export type RecordScore = {
  readonly periods: number;
  /** Periods it is worth when their dependence is counted. */
  readonly effectivePeriods: number;
  readonly periodsPerYear: number;
  /** Of the excess over the matched hold, per period and per year. */
  readonly sharpe: number;
  readonly yearlySharpe: number;
  readonly skew: number;
  readonly kurtosis: number;
  /** Sum of the excess returns. */
  readonly excessReturn: number;
  /** Probability that the true ratio is above zero. */
  readonly probabilistic: number;
  /** Probability that it is above the best that luck shows among the trials. */
  readonly deflated: number;
  /** The same when every moment counts at which it could have been looked at: what the gate asks for. */
  readonly anyTime: number;
  readonly trials: number;
  /** Spread of the trials' ratios (variance, per period), and whether it was estimated or is the default. */
  readonly trialVariance: number;
  readonly varianceFrom: "known trials" | "default";
  /** The ratio per period that luck alone is expected to reach. */
  readonly luck: number;
  /** Periods this ratio would need to be above luck at the confidence asked for, at any time; null when it is not above it. */
  readonly periodsNeeded: number | null;
  readonly matched: MatchedExcess;
};

/**
 * What a record proves: the excess over its exposure-matched hold, deflated by the number of trials. The error of the ratio counts only
 * as many periods as are independent of each other. The spread of the trials' ratios is the larger of what the known trials show and of what chance shows
 * over a record of this length, 1/(T − 1) with T the independent periods; with fewer than ten known trials it is the latter.
 * `elapsed` = length of the record over the shortest that is judged, from which on it can be looked at.
 * Throws TOO_FEW_RETURNS, CONSTANT_SERIES, NOT_A_NUMBER, MISALIGNED_SERIES, INVALID_TRIALS.
 */
export function scoreRecord(record: PeriodRecord, tried: TrialCount, periodsPerYear: number, confidence: number, elapsed?: number): RecordScore {
  if (!(periodsPerYear > 0 && periodsPerYear <= 1e6))
    throw new DomainError("INVALID_PERIOD", `periods per year must be above zero, not ${String(periodsPerYear)}`, { field: "periodsPerYear" });
  const matched = exposureMatched(record);
  const moments = returnMoments(matched.excess, FEWEST_PERIODS);
  const effective = effectiveCount(matched.excess);
  const estimate = { ...moments, count: effective };
  const spread = trialSpread(tried, periodsPerYear, effective);
  const luck = expectedMaxSharpe(tried.trials, spread.variance);
  const looks = elapsed ?? moments.count / FEWEST_PERIODS;
  const needed = lengthNeeded(estimate, luck, confidence, looks);
  return {
    periods: moments.count,
    effectivePeriods: effective,
    periodsPerYear,
    sharpe: moments.sharpe,
    yearlySharpe: moments.sharpe * Math.sqrt(periodsPerYear),
    skew: moments.skew,
    kurtosis: moments.kurtosis,
    excessReturn: moments.mean * moments.count,
    probabilistic: probabilisticSharpe(estimate),
    deflated: deflatedSharpe(estimate, tried.trials, spread.variance),
    anyTime: anyTimeConfidence(sharpeDeviate(estimate, luck), looks),
    trials: tried.trials,
    trialVariance: spread.variance,
    varianceFrom: spread.from,
    luck,
    // Dependent periods are worth less: as many more of them are needed.
    periodsNeeded: needed === null ? null : Math.ceil((needed * moments.count) / effective),
    matched,
  };
}

/** The shortest record of the same ratio that passes. A longer one has been looked at longer, so the bound grows with it, but slower than the record's worth. */
function lengthNeeded(estimate: SharpeEstimate, luck: number, confidence: number, elapsed: number): number | null {
  let count = estimate.count;
  for (let i = 0; i < 40; i++) {
    const bound = anyTimeBound(confidence, Math.max(1, (elapsed * count) / estimate.count));
    const next = minTrackRecord(estimate, luck, normalProbability(bound));
    if (next === null) return null;
    if (Math.abs(next - count) < 0.5) return next;
    count = next;
  }
  return count;
}

function trialSpread({ knownSharpes }: TrialCount, periodsPerYear: number, periods: number): { variance: number; from: RecordScore["varianceFrom"] } {
  const chance = 1 / (periods - 1);
  const known = knownSharpes.length;
  if (known < FEWEST_KNOWN_TRIALS) return { variance: chance, from: "default" };
  if (!knownSharpes.every(Number.isFinite))
    throw new DomainError("NOT_A_NUMBER", "a trial's Sharpe ratio is not a number", { field: "knownSharpes" });
  const mean = knownSharpes.reduce((a, b) => a + b, 0) / known;
  const variance = knownSharpes.reduce((a, b) => a + (b - mean) ** 2, 0) / (known - 1) / periodsPerYear;
  return variance > chance ? { variance, from: "known trials" } : { variance: chance, from: "default" };
}
