import { DomainError } from "@/server/shared";

/** Euler–Mascheroni constant. */
export const EULER_GAMMA = 0.577_215_664_901_532_9;

/**
 * Distribution function of the standard normal. Marsaglia (Evaluating the Normal Distribution, Journal of Statistical Software 11(4), 2004):
 * a Taylor series in the middle, a continued fraction in the tails; absolute error below 1e-15.
 */
export function normalCdf(x: number): number {
  if (Number.isNaN(x)) throw new DomainError("NOT_A_NUMBER", "the normal distribution needs a number", { field: "x" });
  if (x < 0) return x < -6 ? upperTail(-x) : 1 - normalCdf(-x);
  if (x > 6) return 1 - upperTail(x);
  let [term, total, before] = [x, x, 0];
  for (let i = 3; total !== before; i += 2) {
    before = total;
    term *= (x * x) / i;
    total += term;
  }
  return 0.5 + total * density(x);
}

/** Its inverse, for 0 < p < 1: Acklam's rational start, then Halley's steps on `normalCdf`. Throws INVALID_PROBABILITY. */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new DomainError("INVALID_PROBABILITY", `a probability must lie between 0 and 1, not ${String(p)}`, { field: "p" });
  if (p > 0.5) return -normalQuantile(1 - p);
  let x = start(p);
  for (let i = 0; i < 3; i++) {
    const error = (normalCdf(x) - p) / density(x);
    x -= error / (1 + (x * error) / 2);
  }
  return x;
}

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

function upperTail(x: number): number {
  let fraction = x;
  for (let i = 60; i >= 1; i--) fraction = x + i / fraction;
  return density(x) / fraction;
}

const A = [-39.6968302866538, 220.946098424521, -275.928510446969, 138.357751867269, -30.6647980661472, 2.50662827745924];
const B = [-54.4760987982241, 161.585836858041, -155.698979859887, 66.8013118877197, -13.2806815528857, 1];
const C = [-0.00778489400243029, -0.322396458041136, -2.40075827716184, -2.54973253934373, 4.37466414146497, 2.93816398269878];
const D = [0.00778469570904146, 0.32246712907004, 2.445134137143, 3.75440866190742, 1];
const polynomial = (coefficients: readonly number[], x: number): number => coefficients.reduce((sum, c) => sum * x + c, 0);

function start(p: number): number {
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(C, q) / polynomial(D, q);
  }
  const q = p - 0.5;
  return (polynomial(A, q * q) * q) / polynomial(B, q * q);
}
