import { seededRandom } from "@/server/shared";
import { cholesky } from "./cholesky";
import { covarianceMatrix } from "./covariance-matrix";
import { moments } from "./moments";
import { normalQuantile } from "./normal";
import { refuse } from "./refuse";
import type { ReturnMatrix } from "./return-matrix";

/** Simulated returns: of the portfolio in every scenario, of its positions in the scenarios that are asked for. */
export type SimulatedScenarios = { readonly portfolio: Float64Array; readonly assetReturns: (scenario: number) => Float64Array };

/** Throws INVALID_SCENARIOS unless a whole number from 100 to 1,000,000, INVALID_SEED unless a whole number. */
export function checkSimulation(scenarios: number, seed: number): void {
  if (!(Number.isInteger(scenarios) && scenarios >= 100 && scenarios <= 1_000_000))
    throw refuse("INVALID_SCENARIOS", `the number of scenarios must be a whole number from 100 to 1,000,000, not ${scenarios}`, "scenarios");
  if (!Number.isSafeInteger(seed)) throw refuse("INVALID_SEED", `the seed must be a whole number, not ${seed}`, "seed");
}

/**
 * Correlated normal returns with the mean and the sample covariance of the matrix: μ + L·z, L its Cholesky factor, z seeded draws by inversion.
 * The same seed gives the same scenarios. The portfolio's return is taken as w·μ + (Lᵀw)·z, which needs no position's return.
 */
export function simulateScenarios(matrix: ReturnMatrix, weights: readonly number[], scenarios: number, seed: number): SimulatedScenarios {
  const n = matrix.columns.length;
  const lower = cholesky(covarianceMatrix(matrix), n);
  const means = matrix.columns.map((column) => moments(column).mean);
  const loadings = new Float64Array(n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k <= i; k++) loadings[k] = (loadings[k] as number) + (weights[i] as number) * (lower[i * n + k] as number);
  const expected = means.reduce((sum, mean, i) => sum + mean * (weights[i] as number), 0);
  const random = seededRandom(seed);
  const draws = new Float64Array(scenarios * n);
  // Half a step of the generator keeps the probability off 0.
  for (let i = 0; i < draws.length; i++) draws[i] = normalQuantile(random() + 2 ** -33);
  const portfolio = new Float64Array(scenarios);
  for (let t = 0; t < scenarios; t++) {
    let sum = expected;
    for (let k = 0; k < n; k++) sum += (loadings[k] as number) * (draws[t * n + k] as number);
    portfolio[t] = sum;
  }
  const assetReturns = (t: number): Float64Array =>
    Float64Array.from(means, (mean, i) => {
      let sum = mean;
      for (let k = 0; k <= i; k++) sum += (lower[i * n + k] as number) * (draws[t * n + k] as number);
      return sum;
    });
  return { portfolio, assetReturns };
}
