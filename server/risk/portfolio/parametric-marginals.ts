import { type CornishFisher, cornishFisher } from "./cornish-fisher";
import { moments } from "./moments";
import { normalDensity, normalQuantile } from "./normal";
import { refuse } from "./refuse";
import type { ReturnMatrix } from "./return-matrix";

/** How VaR and ES (shares of equity, losses positive) change with each weight. */
export type Marginals = { readonly valueAtRisk: Float64Array; readonly expectedShortfall: Float64Array; readonly monotone: boolean };

/**
 * Marginals of the gaussian and the modified (Cornish–Fisher) VaR and ES, from population moments and the comoments of each column with the
 * portfolio, E[dᵢ·dₚᵏ]: no covariance matrix is needed. Boudt, Peterson and Croux 2008. Throws ZERO_VARIANCE when the portfolio never moved.
 */
export function parametricMarginals(matrix: ReturnMatrix, returns: Float64Array, confidence: number, method: "gaussian" | "modified"): Marginals {
  const whole = moments(returns);
  const { m2, deviation, mean, skewness, excessKurtosis } = whole;
  if (skewness === null || excessKurtosis === null)
    throw refuse("ZERO_VARIANCE", "the portfolio's value never moved in this period, so its risk cannot be estimated from it", "returns");
  const shape = method === "modified" ? cornishFisher(confidence, skewness, excessKurtosis) : gaussian(confidence);
  const n = matrix.columns.length;
  const [valueAtRisk, expectedShortfall] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const own = comoments(matrix.columns[i] as Float64Array, returns, mean);
    const byDeviation = own.c1 / deviation;
    const bySkewness = (3 * own.c2) / (m2 * deviation) - (3 * skewness * own.c1) / m2;
    const byKurtosis = (4 * own.c3) / (m2 * m2) - (4 * (excessKurtosis + 3) * own.c1) / m2;
    const quantile = shape.bySkewness * bySkewness + shape.byKurtosis * byKurtosis;
    const shortfall = shape.shortfallBySkewness * bySkewness + shape.shortfallByKurtosis * byKurtosis;
    valueAtRisk[i] = -own.mean - shape.quantile * byDeviation - deviation * quantile;
    expectedShortfall[i] = -own.mean + shape.shortfall * byDeviation + deviation * shortfall;
  }
  return { valueAtRisk, expectedShortfall, monotone: shape.monotone };
}

function gaussian(confidence: number): CornishFisher {
  const quantile = normalQuantile(1 - confidence);
  const none = { bySkewness: 0, byKurtosis: 0, shortfallBySkewness: 0, shortfallByKurtosis: 0 };
  return { quantile, shortfall: normalDensity(quantile) / (1 - confidence), ...none, monotone: true };
}

/** Mean of a column, and the means of its deviation times the first three powers of the portfolio's deviation. */
function comoments(column: Float64Array, returns: Float64Array, mean: number): { mean: number; c1: number; c2: number; c3: number } {
  const n = column.length;
  const near = column[0] as number;
  let total = 0;
  for (let t = 0; t < n; t++) total += (column[t] as number) - near;
  const own = near + total / n;
  let [c1, c2, c3] = [0, 0, 0];
  for (let t = 0; t < n; t++) {
    const p = (returns[t] as number) - mean;
    const d = ((column[t] as number) - own) * p;
    c1 += d;
    c2 += d * p;
    c3 += d * p * p;
  }
  return { mean: own, c1: c1 / n, c2: c2 / n, c3: c3 / n };
}
