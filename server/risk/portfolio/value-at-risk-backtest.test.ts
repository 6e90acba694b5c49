import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backtestValueAtRisk, chiSquareSurvival } from "..";

/** Returns with a loss above a VaR of 1 % at the given places. */
const withHits = (n: number, hits: readonly number[]) => {
  const returns = new Array<number>(n).fill(0.001);
  for (const i of hits) returns[i] = -0.02;
  return { returns, forecasts: new Array<number>(n).fill(0.01) };
};
const test = (n: number, hits: readonly number[], confidence: number) => {
  const { returns, forecasts } = withHits(n, hits);
  return backtestValueAtRisk(returns, forecasts, confidence);
};
const spread = (n: number, count: number) => Array.from({ length: count }, (_, k) => Math.floor((k * n) / count));

describe("VaR backtests", () => {
  it("gives Kupiec's statistic for 20 violations in 252 days at 95 % (Jorion, Value at Risk, chapter 6: 3.91, rejected at 5 %)", () => {
    const { coverage, violations, expected } = test(252, spread(252, 20), 0.95);
    expect(violations).toBe(20);
    expect(expected).toBeCloseTo(12.6, 10);
    expect(coverage.statistic).toBeCloseTo(3.91, 2);
    expect(coverage.pValue).toBeLessThan(0.05);
  });
  it("takes exactly as many violations as expected for right", () => {
    const { coverage } = test(200, spread(200, 10), 0.95);
    expect(coverage.statistic).toBeCloseTo(0, 10);
    expect(coverage.pValue).toBeCloseTo(1, 5);
  });
  it("sees that violations come in a row, where their number alone is right", () => {
    const bunched = test(
      200,
      Array.from({ length: 10 }, (_, i) => 50 + i),
      0.95,
    );
    expect(bunched.coverage.pValue).toBeGreaterThan(0.9);
    expect(bunched.independence?.pValue).toBeLessThan(1e-6);
    expect(bunched.conditionalCoverage?.pValue).toBeLessThan(1e-6);
    expect(test(200, spread(200, 10), 0.95).independence?.pValue).toBeGreaterThan(0.2);
  });
  it("is the ratio of the likelihoods multiplied out", () => {
    const hits = [3, 4, 9, 20, 21, 22, 30];
    const { independence, conditionalCoverage, coverage } = test(40, hits, 0.9);
    // Steps: calm to calm 28, calm to hit 4, hit to calm 4, hit to hit 3.
    const one = (7 / 39) ** 7 * (32 / 39) ** 32;
    const two = (4 / 32) ** 4 * (28 / 32) ** 28 * ((3 / 7) ** 3 * (4 / 7) ** 4);
    expect(independence?.statistic).toBeCloseTo(-2 * Math.log(one / two), 10);
    expect(coverage.statistic).toBeCloseTo(-2 * Math.log((0.1 ** 7 * 0.9 ** 33) / ((7 / 40) ** 7 * (33 / 40) ** 33)), 10);
    expect(conditionalCoverage?.statistic).toBe(coverage.statistic + (independence?.statistic ?? Number.NaN));
  });
  it("cannot tell independence without a violation, and says so", () => {
    expect(test(100, [], 0.95)).toMatchObject({ violations: 0, independence: null, conditionalCoverage: null });
    expect(test(100, [], 0.95).coverage.pValue).toBeLessThan(0.01);
  });
  it("never answers NaN, and probabilities lie from 0 to 1", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 30, maxLength: 120 }), (pattern) => {
        const hits = pattern.flatMap((hit, i) => (hit ? [i] : []));
        const { coverage, independence, conditionalCoverage } = test(pattern.length, hits, 0.95);
        for (const ratio of [coverage, independence, conditionalCoverage]) {
          if (ratio === null) continue;
          expect(ratio.statistic).toBeGreaterThanOrEqual(0);
          expect(ratio.statistic).toBeLessThan(Number.POSITIVE_INFINITY);
          expect(ratio.pValue >= 0 && ratio.pValue <= 1).toBe(true);
        }
      }),
    );
  });
  it("refuses what cannot be compared", () => {
    const { returns, forecasts } = withHits(50, []);
    expect(() => backtestValueAtRisk(returns, forecasts.slice(1), 0.95)).toThrow("49 forecasts for 50 returns");
    expect(() => backtestValueAtRisk(returns, forecasts, 0.99)).toThrow("50 returns are too few, 100 are needed");
    expect(() => backtestValueAtRisk(returns, forecasts.with(3, Number.NaN), 0.95)).toThrow("forecasts must be numbers; number 4 is NaN");
  });
});

describe("chi-square survival", () => {
  it.each([
    [3.841458820694124, 1, 0.05],
    [6.634896601021213, 1, 0.01],
    [10.827566170662733, 1, 0.001],
    [5.991464547107979, 2, 0.05],
    [9.21034037197618, 2, 0.01],
  ] as const)("beyond %s with %s degrees of freedom lies %s (printed tables)", (x, degrees, p) => {
    expect(chiSquareSurvival(x, degrees) / p).toBeCloseTo(1, 12);
  });
});
