/** Density of the standard normal distribution. */
export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

// Written out as nested products: a simulation draws hundreds of thousands of these.
const centreRatio = (x: number): number =>
  (((((((2509.0809287301227 * x + 33430.57558358813) * x + 67265.7709270087) * x + 45921.95393154987) * x + 13731.69376550946) * x +
    1971.5909503065513) *
    x +
    133.14166789178438) *
    x +
    3.3871328727963665) /
  (((((((5226.495278852854 * x + 28729.085735721943) * x + 39307.89580009271) * x + 21213.794301586597) * x + 5394.196021424751) * x +
    687.1870074920579) *
    x +
    42.31333070160091) *
    x +
    1);
const middleRatio = (x: number): number =>
  (((((((0.0007745450142783414 * x + 0.022723844989269184) * x + 0.2417807251774506) * x + 1.2704582524523684) * x + 3.6478483247632045) * x +
    5.769497221460691) *
    x +
    4.630337846156546) *
    x +
    1.4234371107496835) /
  (((((((1.0507500716444169e-9 * x + 0.0005475938084995345) * x + 0.015198666563616457) * x + 0.14810397642748008) * x + 0.6897673349851) * x +
    1.6763848301838038) *
    x +
    2.053191626637759) *
    x +
    1);
const tailRatio = (x: number): number =>
  (((((((2.0103343992922881e-7 * x + 0.000027115555687434876) * x + 0.0012426609473880784) * x + 0.026532189526576124) * x + 0.29656057182850487) *
    x +
    1.7848265399172913) *
    x +
    5.463784911164114) *
    x +
    6.657904643501103) /
  (((((((2.0442631033899397e-15 * x + 1.421511758316446e-7) * x + 0.000018463183175100548) * x + 0.0007868691311456133) * x + 0.014875361290850615) *
    x +
    0.1369298809227358) *
    x +
    0.599832206555888) *
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
