/** Density of the standard normal distribution. */
export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

// Written out as nested products: a simulation draws hundreds of thousands of these.
const centreRatio = (x: number): number =>
  (((((((2.5090809287301226727e3 * x + 3.3430575583588128105e4) * x + 6.7265770927008700853e4) * x + 4.5921953931549871457e4) * x +
    1.3731693765509461125e4) *
    x +
    1.9715909503065514427e3) *
    x +
    1.3314166789178437745e2) *
    x +
    3.387132872796366608) /
  (((((((5.226495278852854561e3 * x + 2.8729085735721942674e4) * x + 3.930789580009271061e4) * x + 2.1213794301586595867e4) * x +
    5.3941960214247511077e3) *
    x +
    6.871870074920579083e2) *
    x +
    4.2313330701600911252e1) *
    x +
    1);
const middleRatio = (x: number): number =>
  (((((((7.7454501427834140764e-4 * x + 2.27238449892691845833e-2) * x + 2.4178072517745061177e-1) * x + 1.27045825245236838258) * x +
    3.64784832476320460504) *
    x +
    5.7694972214606914055) *
    x +
    4.6303378461565452959) *
    x +
    1.42343711074968357734) /
  (((((((1.05075007164441684324e-9 * x + 5.475938084995344946e-4) * x + 1.51986665636164571966e-2) * x + 1.4810397642748007459e-1) * x +
    6.8976733498510000455e-1) *
    x +
    1.6763848301838038494) *
    x +
    2.05319162663775882187) *
    x +
    1);
const tailRatio = (x: number): number =>
  (((((((2.01033439929228813265e-7 * x + 2.71155556874348757815e-5) * x + 1.2426609473880784386e-3) * x + 2.6532189526576123093e-2) * x +
    2.9656057182850489123e-1) *
    x +
    1.7848265399172913358) *
    x +
    5.4637849111641143699) *
    x +
    6.6579046435011037772) /
  (((((((2.04426310338993978564e-15 * x + 1.4215117583164458887e-7) * x + 1.8463183175100546818e-5) * x + 7.868691311456132591e-4) * x +
    1.48753612908506148525e-2) *
    x +
    1.3692988092273580531e-1) *
    x +
    5.9983220655588793769e-1) *
    x +
    1);

/**
 * Quantile of the standard normal distribution: Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37, 1988; about 1e-16 relative,
 * as R's `qnorm`. `p` must lie strictly between 0 and 1.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * centreRatio(0.180625 - q * q);
  const r = Math.sqrt(-Math.log(q < 0 ? p : 1 - p));
  const x = r <= 5 ? middleRatio(r - 1.6) : tailRatio(r - 5);
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
