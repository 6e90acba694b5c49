import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError, seededRandom } from "@/server/shared";
import {
  cholesky,
  covarianceMatrix,
  moments,
  normalProbability,
  normalQuantile,
  portfolioReturns,
  portfolioRisk,
  type ReturnMatrix,
  type RiskQuestion,
} from "..";
import { compose } from "./euler";

const questions: readonly RiskQuestion[] = [
  { method: "historical", confidence: 0.95 },
  { method: "gaussian", confidence: 0.99 },
  { method: "modified", confidence: 0.95 },
  { method: "monte-carlo", confidence: 0.95, scenarios: 400, seed: 7 },
];
const matrixOf = (columns: readonly (readonly number[])[]): ReturnMatrix => ({
  symbols: columns.map((_, i) => `S${i}/USDT`),
  count: columns[0]?.length ?? 0,
  columns: columns.map((column) => Float64Array.from(column)),
});
const change = fc.oneof(fc.double({ min: -0.9, max: 3, noNaN: true }), fc.constant(0), fc.constantFrom(0.01, -0.01, 1e-12));
const portfolios = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 30, max: 80 }))
  .chain(([n, t]) =>
    fc.tuple(
      fc.array(fc.array(change, { minLength: t, maxLength: t }), { minLength: n, maxLength: n }),
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n, maxLength: n }),
    ),
  );
const numbersIn = (value: unknown): number[] =>
  typeof value === "number" ? [value] : value && typeof value === "object" ? Object.values(value).flatMap(numbersIn) : [];

/** The answer or the refusal's code. */
function ask(matrix: ReturnMatrix, weights: readonly number[], question: RiskQuestion) {
  try {
    return portfolioRisk(matrix, weights, question);
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}
/** Figures whose parts do not add up to the last bit, or are not weight × marginal. */
function faults(figure: ReturnType<typeof compose>): string[] {
  let sum = 0;
  for (const part of figure.parts) sum += part.component;
  return [
    ...(sum === figure.total ? [] : [`${sum} instead of ${figure.total}`]),
    ...figure.parts.filter((p) => !Object.is(p.component, p.weight * p.marginal)).map((p) => `${p.symbol} is not weight × marginal`),
  ];
}

describe.each(questions)("VaR and ES, $method", (question) => {
  it("components are weight × marginal and add up to the last bit; every figure is finite or the refusal is typed", () => {
    let answered = 0;
    fc.assert(
      fc.property(portfolios, ([columns, weights]) => {
        const got = ask(matrixOf(columns), weights, question);
        if (typeof got === "string") {
          expect(["ZERO_VARIANCE", "EMPTY_PORTFOLIO"]).toContain(got);
          return;
        }
        answered++;
        expect([...faults(got.valueAtRisk), ...faults(got.expectedShortfall)]).toEqual([]);
        expect(numbersIn(got).every(Number.isFinite)).toBe(true);
        // A tail's mean is no better than where the tail begins, but for the last digits.
        const scale = Math.max(...columns.flat().map(Math.abs)) * weights.length;
        expect(got.expectedShortfall.total).toBeGreaterThanOrEqual(got.valueAtRisk.total - 1e-9 * (scale + Math.abs(got.valueAtRisk.total)));
      }),
      { numRuns: 80 },
    );
    expect(answered).toBeGreaterThan(20);
  });
  it("marginals are the derivatives of the whole", () => {
    const random = seededRandom(11);
    const columns = Array.from({ length: 3 }, () => Array.from({ length: 200 }, () => (random() + random() + random() - 1.45) * 0.05));
    const weights = [0.5, 0.3, -0.2];
    const matrix = matrixOf(columns);
    const got = portfolioRisk(matrix, weights, question);
    const step = 1e-6;
    for (const figure of ["valueAtRisk", "expectedShortfall"] as const) {
      weights.forEach((_, i) => {
        const moved = (by: number) =>
          portfolioRisk(
            matrix,
            weights.map((w, k) => (k === i ? w + by : w)),
            question,
          )[figure].total;
        const slope = (moved(step) - moved(-step)) / (2 * step);
        expect(got[figure].parts[i]?.marginal).toBeCloseTo(slope, 6);
      });
    }
  });
  it("doubles when every weight does, and gives the same bits twice", () => {
    const random = seededRandom(3);
    const matrix = matrixOf(Array.from({ length: 2 }, () => Array.from({ length: 100 }, () => random() - 0.5)));
    const once = portfolioRisk(matrix, [0.25, 0.5], question);
    expect(portfolioRisk(matrix, [0.5, 1], question).valueAtRisk.total).toBeCloseTo(2 * once.valueAtRisk.total, 12);
    expect(portfolioRisk(matrix, [0.25, 0.5], question)).toEqual(once);
  });
});

describe("the checks themselves", () => {
  it("notice components that almost add up", () => {
    const figure = compose(["A", "B"], [0.1, 0.7], [0.3, 0.9]);
    expect(faults(figure)).toEqual([]);
    expect(faults({ ...figure, total: figure.total + Number.EPSILON })).toHaveLength(1);
    expect(faults({ ...figure, parts: figure.parts.map((p) => ({ ...p, component: p.component + Number.EPSILON })) }).length).toBeGreaterThan(1);
  });
});

describe("Monte Carlo", () => {
  it("comes to the gaussian figures as scenarios grow, and its draws to the covariance", () => {
    const random = seededRandom(5);
    const common = Array.from({ length: 300 }, () => random() - 0.5);
    const matrix = matrixOf([common.map((c) => 0.02 * c), common.map((c) => 0.03 * c + 0.01 * (random() - 0.5))]);
    const weights = [0.4, 0.6];
    const { valueAtRisk, expectedShortfall } = portfolioRisk(matrix, weights, {
      method: "monte-carlo",
      confidence: 0.95,
      scenarios: 200_000,
      seed: 1,
    });
    const gaussian = portfolioRisk(matrix, weights, { method: "gaussian", confidence: 0.95 });
    const deviation = moments(portfolioReturns(matrix, weights)).deviation;
    // The quantile's standard error is √(p(1−p)/n)/φ(z) ≈ 0.0047 deviations here; four of them.
    expect(Math.abs(valueAtRisk.total - gaussian.valueAtRisk.total)).toBeLessThan(0.02 * deviation);
    expect(Math.abs(expectedShortfall.total - gaussian.expectedShortfall.total)).toBeLessThan(0.03 * deviation);
  });
  it("other seeds give other scenarios", () => {
    const matrix = matrixOf([Array.from({ length: 50 }, (_, i) => Math.sin(i) / 50)]);
    const [a, b] = [1, 2].map(
      (seed) => portfolioRisk(matrix, [1], { method: "monte-carlo", confidence: 0.95, scenarios: 500, seed }).valueAtRisk.total,
    );
    expect(a).not.toBe(b);
  });
  it("factors covariances of dependent, constant and too many markets: L·Lᵀ is the matrix", () => {
    const random = seededRandom(9);
    const base = Array.from({ length: 40 }, () => random() - 0.5);
    const columns = [base, base.map((x) => 2 * x), base.map(() => 0.01), ...Array.from({ length: 50 }, () => base.map(() => random() - 0.5))];
    const covariances = covarianceMatrix(matrixOf(columns));
    const n = columns.length;
    const lower = cholesky(covariances, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += (lower[i * n + k] as number) * (lower[j * n + k] as number);
        expect(Math.abs(sum - (covariances[i * n + j] as number))).toBeLessThan(1e-6);
      }
    }
  });
  it.each([
    ["a negative variance", [-1]],
    ["a correlation above one", [1, 2, 2, 1]],
    ["covariance with what never moves", [0, 1, 1, 1]],
    ["NaN", [Number.NaN]],
  ])("refuses %s", (_, values) => {
    expect(() => cholesky(Float64Array.from(values), Math.sqrt(values.length))).toThrow(
      expect.objectContaining({ code: "NOT_POSITIVE_SEMIDEFINITE" }),
    );
  });
});

describe("the normal distribution", () => {
  it("quantile and probability, computed in different ways, undo each other", () => {
    for (const p of [1e-12, 1e-6, 0.001, 0.01, 0.05, 0.2, 0.4, 0.5, 0.7, 0.95, 0.9999])
      expect(normalProbability(normalQuantile(p)) / p).toBeCloseTo(1, 12);
  });
  it("agrees with printed tables", () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(normalQuantile(0.01)).toBeCloseTo(-2.326347874040841, 14);
  });
});
