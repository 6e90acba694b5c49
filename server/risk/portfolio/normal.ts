/** Density of the standard normal distribution. */
export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

const CENTRE = {
  over: [
    3.387132872796366608, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
    3.3430575583588128105e4, 2.5090809287301226727e3,
  ],
  under: [
    1, 4.2313330701600911252e1, 6.871870074920579083e2, 5.3941960214247511077e3, 2.1213794301586595867e4, 3.930789580009271061e4,
    2.8729085735721942674e4, 5.226495278852854561e3,
  ],
};
const MIDDLE = {
  over: [
    1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258, 2.4178072517745061177e-1,
    2.27238449892691845833e-2, 7.7454501427834140764e-4,
  ],
  under: [
    1, 2.05319162663775882187, 1.6763848301838038494, 6.8976733498510000455e-1, 1.4810397642748007459e-1, 1.51986665636164571966e-2,
    5.475938084995344946e-4, 1.05075007164441684324e-9,
  ],
};
const TAIL = {
  over: [
    6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 2.9656057182850489123e-1, 2.6532189526576123093e-2, 1.2426609473880784386e-3,
    2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ],
  under: [
    1, 5.9983220655588793769e-1, 1.3692988092273580531e-1, 1.48753612908506148525e-2, 7.868691311456132591e-4, 1.8463183175100546818e-5,
    1.4215117583164458887e-7, 2.04426310338993978564e-15,
  ],
};
type Ratio = typeof CENTRE;
function polynomial(c: readonly number[], x: number): number {
  let sum = 0;
  for (let i = 7; i >= 0; i--) sum = sum * x + (c[i] as number);
  return sum;
}
const ratio = (r: Ratio, x: number): number => polynomial(r.over, x) / polynomial(r.under, x);

/**
 * Quantile of the standard normal distribution: Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37, 1988; about 1e-16 relative,
 * as R's `qnorm`. `p` must lie strictly between 0 and 1.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const x = r <= 5 ? ratio(MIDDLE, r - 1.6) : ratio(TAIL, r - 5);
  return q < 0 ? -x : x;
}

/**
 * Complementary error function for x ≥ 0, about 1e-13 relative: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.6 (series,
 * all of one sign) below 2, 7.1.14 (continued fraction) from there.
 */
export function erfc(x: number): number {
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = x;
  for (let k = 120; k >= 1; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / (fraction * Math.sqrt(Math.PI));
}

/** Probability that a standard normal variable is at most x. */
export const normalProbability = (x: number): number => (x < 0 ? erfc(-x / Math.SQRT2) / 2 : 1 - erfc(x / Math.SQRT2) / 2);
