import { type Composed, compose } from "./euler";
import { type Marginals, parametricMarginals } from "./parametric-marginals";
import { portfolioReturns } from "./portfolio-returns";
import { checkConfidence, refuse } from "./refuse";
import type { ReturnMatrix } from "./return-matrix";
import { scenarioMarginals } from "./scenario-marginals";
import { checkSimulation, simulateScenarios } from "./simulate-scenarios";

export const RISK_METHODS = ["historical", "gaussian", "modified", "monte-carlo"] as const;
export type RiskMethod = (typeof RISK_METHODS)[number];

export type RiskQuestion =
  | { readonly method: "historical" | "gaussian" | "modified"; readonly confidence: number }
  | { readonly method: "monte-carlo"; readonly confidence: number; readonly scenarios: number; readonly seed: number };

/** Value at risk and expected shortfall over one step of the matrix, shares of equity, losses positive (negative: even the bad case gains). */
export type PortfolioRisk = {
  readonly method: RiskMethod;
  readonly confidence: number;
  /** Returns (or simulated scenarios) the figures stand on. */
  readonly scenarios: number;
  readonly valueAtRisk: Composed;
  readonly expectedShortfall: Composed;
  /** Whether the figures can be used: false where skewness and kurtosis lie outside the domain of the Cornish–Fisher expansion. */
  readonly reliable: boolean;
};

/**
 * VaR and ES of a portfolio with the marginal and component figures of its positions. Historical: type-7 quantile, mean of what lies at or
 * below it. Gaussian and modified: population moments. Monte Carlo: seeded normal draws with the sample covariance, then as historical.
 * Throws the refusals of `portfolioReturns`, INVALID_CONFIDENCE, ZERO_VARIANCE (nothing ever moved), and for Monte Carlo INVALID_SCENARIOS, INVALID_SEED.
 */
export function portfolioRisk(matrix: ReturnMatrix, weights: readonly number[], question: RiskQuestion): PortfolioRisk {
  const { method } = question;
  const confidence = checkConfidence(question.confidence);
  if (question.method === "monte-carlo") checkSimulation(question.scenarios, question.seed);
  const returns = portfolioReturns(matrix, weights);
  if (returns.every((r) => r === returns[0]))
    throw refuse("ZERO_VARIANCE", "the portfolio's value never moved in this period, so its risk cannot be estimated from it", "returns");
  const marginals = marginalsOf(matrix, weights, returns, question);
  return {
    method,
    confidence,
    scenarios: question.method === "monte-carlo" ? question.scenarios : matrix.count,
    valueAtRisk: compose(matrix.symbols, weights, marginals.valueAtRisk),
    expectedShortfall: compose(matrix.symbols, weights, marginals.expectedShortfall),
    reliable: marginals.monotone,
  };
}

function marginalsOf(matrix: ReturnMatrix, weights: readonly number[], returns: Float64Array, question: RiskQuestion): Marginals {
  const { confidence } = question;
  const { columns } = matrix;
  switch (question.method) {
    case "historical":
      return scenarioMarginals(returns, confidence, columns.length, (t) => columns.map((column) => column[t] as number));
    case "monte-carlo": {
      const simulated = simulateScenarios(matrix, weights, question.scenarios, question.seed);
      return scenarioMarginals(simulated.portfolio, confidence, columns.length, simulated.assetReturns);
    }
    default:
      return parametricMarginals(matrix, returns, confidence, question.method);
  }
}
