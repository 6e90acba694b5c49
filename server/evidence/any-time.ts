import { normalProbability } from "@/server/risk";
import { DomainError } from "@/server/shared";

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
/** Where the search ends: beyond it a probability is 0 or 1 in floats. */
const [LOW, HIGH] = [-30, 40];

/**
 * How far a record without skill ever strays, whoever looks at it, however often and whenever. With h(z) = z² + 2·ln Φ(z), for Brownian
 * motion W, whose deviate at t is Z = W(t)/√t, and every a
 *
 *   P( h(Z) ≥ h(a) + ln(t/m) at some t ≥ m ) = 1 − Φ(a) + φ(a)·(a + φ(a)/Φ(a)).
 *
 * It holds for the first look and the thousandth, and for a look at a moment that was chosen because the figure was high: a schedule that
 * spends a share of the error with each request would not, since the figure can be watched without asking.
 * Robbins, Siegmund, Boundary Crossing Probabilities for the Wiener Process and Sample Sums, Annals of Mathematical Statistics 41(5), 1970.
 */
const never = (a: number): number => normalProbability(a) - density(a) * (a + density(a) / normalProbability(a));
const h = (z: number): number => z * z + 2 * Math.log(normalProbability(z));

/** The deviate that is needed at `elapsed` = t/m, so that chance alone ever gets there with a probability of 1 − confidence. Throws INVALID_PROBABILITY, INVALID_PERIOD. */
export function anyTimeBound(confidence: number, elapsed: number): number {
  if (!(confidence > 0 && confidence < 1))
    throw new DomainError("INVALID_PROBABILITY", `a confidence must lie between 0 and 1, not ${String(confidence)}`, { field: "confidence" });
  const level = h(solve(never, confidence)) + growth(elapsed);
  return solve(h, level);
}

/** The confidence that a deviate of `z` at `elapsed` = t/m earns when every other look counts, too: below Φ(z), that of one look at a moment set before. Throws INVALID_PERIOD. */
export function anyTimeConfidence(z: number, elapsed: number): number {
  const bounded = Math.max(LOW, Math.min(HIGH, z));
  return Math.max(0, never(solve(h, h(bounded) - growth(elapsed))));
}

/** The argument at which a rising function has a value. */
function solve(f: (x: number) => number, value: number): number {
  let [low, high] = [LOW, HIGH];
  for (let i = 0; i < 80; i++) {
    const middle = (low + high) / 2;
    if (f(middle) < value) low = middle;
    else high = middle;
  }
  return high;
}

function growth(elapsed: number): number {
  if (elapsed >= 1 && Number.isFinite(elapsed)) return Math.log(elapsed);
  throw new DomainError("INVALID_PERIOD", `a record is judged from its shortest length on, not at ${String(elapsed)} of it`, { field: "elapsed" });
}
