import { chiSquareSurvival } from "./chi-square-survival";
import { checkConfidence, checkReturns, refuse } from "./refuse";

/** A likelihood-ratio test: the statistic, its chi-square degrees of freedom, and the chance of one as large if the VaR is right. */
export type LikelihoodRatio = { readonly statistic: number; readonly degrees: 1 | 2; readonly pValue: number };

export type ValueAtRiskBacktest = {
  readonly observations: number;
  /** Days on which the loss was above the VaR, and how many there should have been. */
  readonly violations: number;
  readonly expected: number;
  /** Whether there were as many as there should be (Kupiec, Journal of Derivatives 3, 1995: proportion of failures). */
  readonly coverage: LikelihoodRatio;
  /** Whether violations come one by one (Christoffersen, International Economic Review 39, 1998); null when there was none to tell by. */
  readonly independence: LikelihoodRatio | null;
  /** Both at once: the sum of the two statistics. */
  readonly conditionalCoverage: LikelihoodRatio | null;
};

/** count × ln(p), where nothing counted adds nothing. */
const likelihood = (count: number, p: number): number => (count === 0 ? 0 : count * Math.log(p));

/** Log likelihood of `hits` among `count` at probability p. */
const binomial = (count: number, hits: number, p: number): number => likelihood(count - hits, 1 - p) + likelihood(hits, p);

function ratio(restricted: number, free: number, degrees: 1 | 2): LikelihoodRatio {
  // Rounding can take a statistic of zero below it.
  const statistic = Math.max(0, 2 * (free - restricted));
  return { statistic, degrees, pValue: chiSquareSurvival(statistic, degrees) };
}

/**
 * Tests VaR forecasts (shares, losses positive) against the returns that followed. Throws MISALIGNED_SERIES, NOT_A_NUMBER, INVALID_CONFIDENCE,
 * TOO_FEW_RETURNS when fewer than one violation is to be expected.
 */
export function backtestValueAtRisk(returns: ArrayLike<number>, forecasts: ArrayLike<number>, confidence: number): ValueAtRiskBacktest {
  const p = 1 - checkConfidence(confidence);
  if (returns.length !== forecasts.length) {
    const data = { has: forecasts.length, needs: returns.length };
    throw refuse("MISALIGNED_SERIES", `${forecasts.length} forecasts for ${returns.length} returns`, "forecasts", data);
  }
  const least = Math.max(30, Math.ceil(1 / p - 1e-6));
  checkReturns(returns, "returns", least);
  checkReturns(forecasts, "forecasts", least);
  const n = returns.length;
  const hit = (i: number): 0 | 1 => (-(returns[i] as number) > (forecasts[i] as number) ? 1 : 0);
  // Steps from calm (0) or violation (1) to calm or violation.
  const steps: [[number, number], [number, number]] = [
    [0, 0],
    [0, 0],
  ];
  let violations = hit(0) as number;
  for (let i = 1; i < n; i++) {
    steps[hit(i - 1)][hit(i)] += 1;
    violations += hit(i);
  }
  const coverage = ratio(binomial(n, violations, p), binomial(n, violations, violations / n), 1);
  const independence = violations === 0 ? null : independenceOf(steps);
  const both = independence && coverage.statistic + independence.statistic;
  return {
    observations: n,
    violations,
    expected: n * p,
    coverage,
    independence,
    conditionalCoverage: both === null ? null : { statistic: both, degrees: 2, pValue: chiSquareSurvival(both, 2) },
  };
}

function independenceOf([[calm, begun], [ended, repeated]]: readonly [readonly [number, number], readonly [number, number]]): LikelihoodRatio {
  const [afterCalm, afterHit] = [calm + begun, ended + repeated];
  const hits = begun + repeated;
  const free = binomial(afterCalm, begun, begun / Math.max(1, afterCalm)) + binomial(afterHit, repeated, repeated / Math.max(1, afterHit));
  return ratio(binomial(afterCalm + afterHit, hits, hits / (afterCalm + afterHit)), free, 1);
}
