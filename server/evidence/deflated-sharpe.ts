import { normalQuantile } from "@/server/risk";
import { DomainError } from "@/server/shared";
import { probabilisticSharpe, type SharpeEstimate } from "./probabilistic-sharpe";

/** Euler–Mascheroni constant. */
const EULER_GAMMA = 0.577_215_664_901_532_9;
const MOST_TRIALS = 1e12;

/**
 * The best Sharpe ratio that luck alone is expected to show among `trials` tries whose ratios have variance `variance` (per period),
 * SR₀ = √V·[(1 − γ)·Φ⁻¹(1 − 1/N) + γ·Φ⁻¹(1 − 1/(N·e))]; nothing for a single try, which selects nothing.
 * Bailey and López de Prado, The Deflated Sharpe Ratio, Journal of Portfolio Management 40(5), 2014, eq. 1. Throws INVALID_TRIALS.
 */
export function expectedMaxSharpe(trials: number, variance: number): number {
  if (!(Number.isInteger(trials) && trials >= 1 && trials <= MOST_TRIALS))
    throw new DomainError("INVALID_TRIALS", `the number of trials must be a whole number from 1, not ${String(trials)}`, { field: "trials" });
  if (!(variance >= 0 && variance < 1e6))
    throw new DomainError("INVALID_TRIALS", `the variance of the trials' ratios must not be ${String(variance)}`, { field: "variance" });
  if (trials === 1) return 0;
  return Math.sqrt(variance) * ((1 - EULER_GAMMA) * normalQuantile(1 - 1 / trials) + EULER_GAMMA * normalQuantile(1 - 1 / (trials * Math.E)));
}

/** Deflated Sharpe ratio, DSR = PSR(SR₀): how probable it is that the ratio is above the best that luck would show among the trials. Same paper, eq. 2. */
export function deflatedSharpe(estimate: SharpeEstimate, trials: number, variance: number): number {
  return probabilisticSharpe(estimate, expectedMaxSharpe(trials, variance));
}
