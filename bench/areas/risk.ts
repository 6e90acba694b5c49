import { applyShock, portfolioRisk, type ReturnMatrix, type StressPosition, type StressShock } from "@/server/risk";
import { seededRandom } from "@/server/shared";
import { type Area, type Figure, percentile, timed } from "../measure";

const POSITIONS = 200;
const SCENARIOS = 1_000;
const SHOCKS: readonly StressShock[] = [
  { kind: "price", change: -0.3 },
  { kind: "volatility", factor: 3, confidence: 0.99, steps: 1 },
  { kind: "correlation-to-one", factor: 2, confidence: 0.99, steps: 1 },
  { kind: "depeg", currency: "C7", price: 0.88 },
  { kind: "venue-down", venue: "paper", change: -0.1, recovery: 0.5 },
];

/** Markets that follow one factor, each with noise of its own. */
function marketReturns(): ReturnMatrix {
  const random = seededRandom(42);
  const factor = Float64Array.from({ length: SCENARIOS }, () => (random() - 0.5) * 0.06);
  const columns = Array.from({ length: POSITIONS }, (_, i) => factor.map((f) => f * (0.5 + i / POSITIONS) + (random() - 0.5) * 0.04));
  return { symbols: columns.map((_, i) => `C${i}/USDT`), count: SCENARIOS, columns };
}

/** Portfolio risk of 200 positions over 1,000 scenarios: VaR, ES and components three ways, and five shocks; Monte Carlo beside it. */
export const risk: Area = {
  name: "risk",
  async measure(brief) {
    const returns = marketReturns();
    const weights = returns.symbols.map(() => 1 / POSITIONS);
    const positions: StressPosition[] = returns.symbols.map((symbol) => ({ symbol, value: 1_000, venue: "paper" }));
    let sink = 0;
    const add = (figure: number): void => {
      if (!Number.isFinite(figure)) throw new Error("a figure was not a number");
      sink += figure;
    };
    const times = brief ? 10 : 50;
    const historical = () => {
      for (const method of ["historical", "gaussian", "modified"] as const) {
        const { valueAtRisk, expectedShortfall } = portfolioRisk(returns, weights, { method, confidence: 0.99 });
        add(valueAtRisk.total + expectedShortfall.total);
      }
      for (const shock of SHOCKS) add(applyShock(positions, shock, returns).total);
    };
    const simulated = () => {
      const answer = portfolioRisk(returns, weights, { method: "monte-carlo", confidence: 0.99, scenarios: SCENARIOS, seed: 1 });
      add(answer.valueAtRisk.total + answer.expectedShortfall.total);
    };
    const figures: Figure[] = [];
    const size = `${POSITIONS} positions × ${SCENARIOS.toLocaleString("en")} scenarios`;
    figures.push({
      area: "risk",
      what: `VaR + ES + components by three methods + five shocks, ${size}, median`,
      value: percentile(await timed(times, historical), 0.5),
      unit: "ms",
      budget: 20,
      better: "less",
    });
    // The covariances of 200 markets alone are 20 million products: not part of the budget, but shown.
    const what = `Monte Carlo on top (covariances, Cholesky, seeded draws), ${size}, median`;
    figures.push({ area: "risk", what, value: percentile(await timed(times, simulated), 0.5), unit: "ms" });
    if (sink === 0) throw new Error("nothing was computed");
    return figures;
  },
};
