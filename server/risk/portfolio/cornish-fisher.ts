import { normalDensity, normalQuantile } from "./normal";

/** The tail of an Edgeworth density with a given skewness and excess kurtosis, and how it changes with them. */
export type CornishFisher = {
  /** Modified quantile (of standardised returns, so negative), and its derivatives. */
  readonly quantile: number;
  readonly bySkewness: number;
  readonly byKurtosis: number;
  /** Expected shortfall of standardised returns, losses positive, and its derivatives. */
  readonly shortfall: number;
  readonly shortfallBySkewness: number;
  readonly shortfallByKurtosis: number;
  /** Whether the modified quantile rises with the probability everywhere; where it does not, the expansion is outside its domain. */
  readonly monotone: boolean;
};

/**
 * Cornish–Fisher expansion of the (1 − confidence) quantile, and modified expected shortfall: Boudt, Peterson and Croux, Journal of Risk 11,
 * 2008 (the convention of R PerformanceAnalytics, with its operational floor: never below the modified VaR). Domain: Maillard, A User's Guide
 * to the Cornish Fisher Expansion, 2012.
 */
export function cornishFisher(confidence: number, s: number, k: number): CornishFisher {
  const alpha = 1 - confidence;
  const z = normalQuantile(alpha);
  const [a, b, c] = [(z ** 2 - 1) / 6, (z ** 3 - 3 * z) / 24, (2 * z ** 3 - 5 * z) / 36];
  const h = z + a * s + b * k - c * s * s;
  const bySkewness = a - 2 * c * s;
  // Truncated moments of the Edgeworth density: ∫ x·Heₖ(x)·φ(x) dx up to h is −(Heₖ(h) + k·Heₖ₋₂(h))·φ(h).
  const [p3, p4, p6] = [h ** 3, h ** 4 - 2 * h ** 2 - 1, h ** 6 - 9 * h ** 4 + 9 * h ** 2 + 3];
  const scale = normalDensity(h) / alpha;
  const factor = 1 + (s * p3) / 6 + (k * p4) / 24 + (s * s * p6) / 72;
  const slope = (s * h * h) / 2 + (k * (h ** 3 - h)) / 6 + (s * s * (h ** 5 - 6 * h ** 3 + 3 * h)) / 12 - h * factor;
  const floor = scale * factor < -h;
  const [qa, qb, qc] = [k / 8 - (s * s) / 6, s / 3, 1 - k / 8 + (5 * s * s) / 36];
  return {
    quantile: h,
    bySkewness,
    byKurtosis: b,
    shortfall: floor ? -h : scale * factor,
    shortfallBySkewness: floor ? -bySkewness : scale * (slope * bySkewness + p3 / 6 + (s * p6) / 36),
    shortfallByKurtosis: floor ? -b : scale * (slope * b + p4 / 24),
    monotone: qc > 0 && (qa > 0 ? qb * qb < 4 * qa * qc : qa === 0 && qb === 0),
  };
}
