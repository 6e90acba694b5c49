import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normals } from "@/server/testing/evidence-agents";
import { deflatedSharpe, expectedMaxSharpe } from "./deflated-sharpe";
import { effectiveCount } from "./effective-count";
import { minTrackRecord, probabilisticSharpe } from "./probabilistic-sharpe";
import { returnMoments } from "./return-moments";

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "no error";
};

describe("probabilistic Sharpe ratio (Bailey and López de Prado 2012, the paper's numerical examples)", () => {
  // 24 monthly returns of a hedge fund: mean 0.036, deviation 0.079, that is 0.458 a month or 1.59 a year.
  const fund = { sharpe: 0.458, count: 24, skew: -2.448, kurtosis: 10.164 };
  it("two years of 1.59 a year are worth 0.982 when taken for normal, 0.913 with their skewness and kurtosis, 0.953 after a third year", () => {
    expect(probabilisticSharpe({ ...fund, skew: 0, kurtosis: 3 })).toBeCloseTo(0.982, 3);
    expect(probabilisticSharpe(fund)).toBeCloseTo(0.913, 3);
    expect(probabilisticSharpe({ ...fund, count: 36 })).toBeCloseTo(0.9535, 3);
  });
  it.each([
    ["daily", 250, 0, 3, 2.73],
    ["weekly", 52, 0, 3, 2.83],
    ["monthly", 12, 0, 3, 3.24],
    ["monthly, skewed as hedge funds are", 12, -0.72, 5.78, 4.99],
  ])("a ratio of 2 a year is above 1 with 95 %% after so many years of %s returns", (_, perYear, skew, kurtosis, years) => {
    const estimate = { sharpe: 2 / Math.sqrt(perYear), count: 24, skew, kurtosis };
    expect((minTrackRecord(estimate, 1 / Math.sqrt(perYear), 0.95) as number) / perYear).toBeCloseTo(years, 2);
  });
  it("the minimum track record is the length at which the ratio reaches the confidence", () => {
    const estimate = { sharpe: 0.1, count: 50, skew: -0.5, kurtosis: 5 };
    const length = minTrackRecord(estimate, 0.02, 0.95) as number;
    expect(probabilisticSharpe({ ...estimate, count: length }, 0.02)).toBeCloseTo(0.95, 9);
  });
  it("no length proves a ratio that is not above its benchmark", () => {
    expect(minTrackRecord({ sharpe: 0.1, count: 50, skew: 0, kurtosis: 3 }, 0.1, 0.95)).toBeNull();
  });
  it.each([
    ["a NaN", { ...fund, sharpe: Number.NaN }, "NOT_A_NUMBER"],
    ["one return", { ...fund, count: 1 }, "TOO_FEW_RETURNS"],
    ["impossible moments", { ...fund, skew: 4, kurtosis: 3 }, "INVALID_MOMENTS"],
  ])("refuses %s", (_, estimate, code) => {
    expect(codeOf(() => probabilisticSharpe(estimate))).toBe(code);
    expect(codeOf(() => minTrackRecord(estimate, 0, 0.95))).toBe(code);
  });
});

describe("deflated Sharpe ratio (Bailey and López de Prado 2014, the paper's numerical example)", () => {
  // Five years of daily returns at 2.5 a year, the best of 100 trials whose yearly ratios have variance ½.
  const best = { sharpe: 2.5 / Math.sqrt(250), count: 1250, skew: -3, kurtosis: 10 };
  const variance = 0.5 / 250;
  it("luck alone reaches 0.1132 a day, and the strategy is worth 0.9004", () => {
    expect(expectedMaxSharpe(100, variance)).toBeCloseTo(0.1132, 4);
    expect(deflatedSharpe(best, 100, variance)).toBeCloseTo(0.9004, 4);
  });
  it("46 trials would have left 0.9505, and so would 88 with normal returns", () => {
    expect(deflatedSharpe(best, 46, variance)).toBeCloseTo(0.9505, 4);
    expect(deflatedSharpe({ ...best, skew: 0, kurtosis: 3 }, 88, variance)).toBeCloseTo(0.9505, 4);
  });
  it("a single trial is the probabilistic ratio, and each further one lowers it", () => {
    expect(deflatedSharpe(best, 1, variance)).toBe(probabilisticSharpe(best));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (n) => {
        expect(deflatedSharpe(best, n + 1, variance)).toBeLessThanOrEqual(deflatedSharpe(best, n, variance));
      }),
    );
  });
  it("the expected maximum is that of normal draws", () => {
    const normal = normals(3);
    let sum = 0;
    for (let i = 0; i < 2000; i++) sum += Math.max(...Array.from({ length: 50 }, normal)) / 2000;
    expect(Math.abs(expectedMaxSharpe(50, 1) - sum)).toBeLessThan(0.05);
  });
  it.each([0, 1.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 1e13])("refuses %f trials", (n) => {
    expect(codeOf(() => deflatedSharpe(best, n, variance))).toBe("INVALID_TRIALS");
  });
  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses a variance of %f", (v) => {
    expect(codeOf(() => deflatedSharpe(best, 10, v))).toBe("INVALID_TRIALS");
  });
});

describe("moments", () => {
  it("are those of a series worked by hand", () => {
    // 1, 2, 3, 6: mean 3, squares 4+1+0+9 = 14, cubes −8−1+0+27 = 18, fourths 16+1+0+81 = 98.
    const m = returnMoments([1, 2, 3, 6]);
    expect(m.mean).toBe(3);
    expect(m.deviation).toBeCloseTo(Math.sqrt(14 / 3), 14);
    expect(m.skew).toBeCloseTo(4.5 / 3.5 ** 1.5, 14);
    expect(m.kurtosis).toBeCloseTo(24.5 / 3.5 ** 2, 14);
  });
  it("never answer NaN: a figure of four numbers, or a typed refusal", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.double(), fc.constant(0.1), fc.constant(0)), { maxLength: 30 }), (returns) => {
        let moments: ReturnType<typeof returnMoments>;
        try {
          moments = returnMoments(returns);
        } catch (error) {
          expect(["TOO_FEW_RETURNS", "NOT_A_NUMBER", "CONSTANT_SERIES"]).toContain((error as { code: string }).code);
          return;
        }
        for (const figure of Object.values(moments)) expect(Number.isFinite(figure)).toBe(true);
        expect(probabilisticSharpe(moments)).toBeGreaterThanOrEqual(0);
        expect(deflatedSharpe(moments, 7, 0.01)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });
  it.each([
    ["too few", [0.1, 0.2], "TOO_FEW_RETURNS"],
    ["constant", [0.1, 0.1, 0.1, 0.1, 0.1], "CONSTANT_SERIES"],
    ["constant but for rounding", [0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2, 0.3], "CONSTANT_SERIES"],
    ["NaN", [0.1, Number.NaN, 0.2, 0.3], "NOT_A_NUMBER"],
  ])("refuse a series that is %s", (_, returns, code) => {
    expect(codeOf(() => returnMoments(returns))).toBe(code);
  });
});

describe("independent periods", () => {
  it("are all of them when there is no dependence, and never more", () => {
    const normal = normals(11);
    const returns = Array.from({ length: 4000 }, normal);
    expect(effectiveCount(returns) / 4000).toBeGreaterThan(0.8);
    expect(effectiveCount(returns.map((x, i) => x - (returns[i - 1] ?? 0)))).toBe(4000);
  });
  it("are (1 − φ)/(1 + φ) of them in an autoregression, less the lags that are not looked at", () => {
    const normal = normals(12);
    let x = 0;
    const returns = Array.from({ length: 20_000 }, () => (x = 0.5 * x + normal()));
    expect(effectiveCount(returns) / 20_000).toBeGreaterThan(0.3);
    expect(effectiveCount(returns) / 20_000).toBeLessThan(0.4);
  });
  it("are kept when nothing moves", () => {
    expect(effectiveCount(new Float64Array(50))).toBe(50);
    expect(effectiveCount([1, 2])).toBe(2);
  });
});
