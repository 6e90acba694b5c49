import { momentsOf } from "./moments";
import { known, missing, type StatFigure } from "./stat-figure";

/** A year has 365 days here: crypto trades on all of them. */
export const YEAR_MS = 365 * 86_400_000;
/** Fewer returns than this say nothing about their spread; a shorter time nothing about a year. */
export const LEAST_RETURNS = 30;
export const LEAST_YEAR_PART_MS = 30 * 86_400_000;

export type Drawdown = {
  /** Largest fall from a running peak, a fraction of the peak. */
  readonly depth: number;
  readonly peakAt: number;
  readonly troughAt: number;
  /** Longest time from a peak until it was reached again, or until the end (ms). */
  readonly longestMs: number;
};

/** What one equity curve says. Ratios are annualised over 365 days; a figure that is not defined says why. */
export type Performance = {
  /** End over start − 1. */
  readonly totalReturn: number;
  /** (end / start)^(year / time) − 1. */
  readonly annualReturn: StatFigure;
  /** Standard deviation of the returns × √(returns a year). */
  readonly volatility: StatFigure;
  /** Mean of the returns over their standard deviation × √(returns a year); no risk-free rate (Sharpe, The Sharpe Ratio, 1994). */
  readonly sharpe: StatFigure;
  /** Mean over downside deviation √(Σ min(r, 0)² / n) × √(returns a year), target 0 (Sortino & Price, 1994). */
  readonly sortino: StatFigure;
  /** Annual return over the largest drawdown (Young, Calmar Ratio, 1991), here over the whole time. */
  readonly calmar: StatFigure;
  readonly drawdown: Drawdown;
  /** Not annualised, per return: what deflation works with (Bailey & López de Prado, 2014). Kurtosis of a normal sample is 3. */
  readonly sample: {
    readonly returns: number;
    readonly sharpe: number | null;
    readonly skewness: number | null;
    readonly kurtosis: number | null;
  };
};

/** Simple returns from point to point. Throws nothing; a curve that has reached zero yields no further returns. */
export function returnsOf(curve: Float64Array): Float64Array {
  const out = new Float64Array(Math.max(0, curve.length - 1));
  for (let i = 1; i < curve.length; i++) {
    const before = curve[i - 1] as number;
    if (before <= 0) return out.slice(0, i - 1);
    out[i - 1] = (curve[i] as number) / before - 1;
  }
  return out;
}

/** `atOf` = instant of each point (ms); points are `stepMs` apart, but for the last. */
export function performanceOf(curve: Float64Array, stepMs: number, atOf: (i: number) => number): Performance {
  const returns = returnsOf(curve);
  const { mean, deviation, skewness, kurtosis } = momentsOf(returns);
  const [start, end] = [curve[0] ?? 0, curve.at(-1) ?? 0];
  const time = atOf(curve.length - 1) - atOf(0);
  const totalReturn = start > 0 ? end / start - 1 : 0;
  const perYear = Math.sqrt(YEAR_MS / stepMs);
  const drawdown = drawdownOf(curve, atOf);
  const few = returns.length < LEAST_RETURNS ? missing(`not defined: ${returns.length} returns, ${LEAST_RETURNS} are needed`) : null;
  const still = deviation === 0 ? missing("not defined: the equity never moved") : null;
  const annualReturn =
    time < LEAST_YEAR_PART_MS
      ? missing("not defined: a year is not estimated from less than 30 days")
      : start > 0 && end > 0
        ? known((end / start) ** (YEAR_MS / time) - 1)
        : missing("not defined: nothing is left");
  let below = 0;
  for (const r of returns) if (r < 0) below += r * r;
  const downside = Math.sqrt(below / Math.max(1, returns.length));
  return {
    totalReturn,
    annualReturn,
    volatility: few ?? known(deviation * perYear),
    sharpe: few ?? still ?? known((mean / deviation) * perYear),
    sortino: few ?? still ?? (downside === 0 ? missing("not defined: no return was negative") : known((mean / downside) * perYear)),
    calmar:
      annualReturn.value === null
        ? annualReturn
        : drawdown.depth === 0
          ? missing("not defined: the equity never fell")
          : known(annualReturn.value / drawdown.depth),
    drawdown,
    sample: { returns: returns.length, sharpe: deviation === 0 ? null : mean / deviation, skewness, kurtosis },
  };
}

/** Falls from a running peak: the largest, and the longest time below one. */
export function drawdownOf(curve: Float64Array, atOf: (i: number) => number): Drawdown {
  let [peak, peakPlace, depth, deepPeak, trough, longest] = [Number.NEGATIVE_INFINITY, 0, 0, 0, 0, 0];
  for (let i = 0; i < curve.length; i++) {
    const value = curve[i] as number;
    if (value >= peak) {
      if (i > 0) longest = Math.max(longest, atOf(i) - atOf(peakPlace));
      peak = value;
      peakPlace = i;
      continue;
    }
    const fall = peak > 0 ? (peak - value) / peak : 0;
    if (fall > depth) [depth, deepPeak, trough] = [fall, peakPlace, i];
    if (i === curve.length - 1) longest = Math.max(longest, atOf(i) - atOf(peakPlace));
  }
  return { depth, peakAt: atOf(deepPeak), troughAt: atOf(trough), longestMs: depth === 0 ? 0 : longest };
}
