import { describe, expect, it } from "vitest";
import { DomainError } from "@/server/shared";
import {
  backtestValueAtRisk,
  beta,
  correlationMatrix,
  drawdown,
  liquidityHorizon,
  type PriceSeries,
  portfolioRisk,
  type RiskQuestion,
  returnMatrix,
  sharpeRatio,
  sortinoRatio,
} from "..";

const HOUR = 3_600_000;
const series = (symbol: string, price: (i: number) => number = (i) => 100 + Math.sin(i), from = 0, to = 60): PriceSeries => {
  const rows = Array.from({ length: to - from }, (_, i) => from + i);
  return { symbol, times: rows.map((i) => i * HOUR), prices: rows.map(price) };
};
/** Code, field and message of the refusal. */
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return `${error.code} ${error.details.field}: ${error.message}`;
    throw error;
  }
  return "accepted";
}
const matrix = returnMatrix([series("BTC/USDT"), series("ETH/USDT", (i) => 50 + Math.cos(i))], HOUR);
const risk = (question: Partial<RiskQuestion>, weights: readonly number[] = [0.5, 0.5]) =>
  refusal(() => portfolioRisk(matrix, weights, { method: "historical", confidence: 0.95, ...question } as RiskQuestion));

describe("price series", () => {
  const make = (...given: readonly PriceSeries[]) => refusal(() => returnMatrix(given, HOUR));
  it("accepts what is complete, also a price that never moves", () => {
    expect(
      make(
        series("A"),
        series("B", () => 1),
      ),
    ).toBe("accepted");
  });
  it("names the market and the instant of a gap", () => {
    const { times, prices } = series("ETH/USDT");
    const holed = { symbol: "ETH/USDT", times: Array.from(times).toSpliced(7, 1), prices: Array.from(prices).toSpliced(7, 1) };
    expect(make(series("BTC/USDT"), holed)).toBe(
      "SERIES_GAP ETH/USDT: ETH/USDT: no price at 1970-01-01T07:00:00.000Z; the next one given is of 1970-01-01T08:00:00.000Z",
    );
  });
  it("names the market that lacks part of the period, and which part", () => {
    expect(make(series("A"), series("LATE", undefined, 5))).toMatch(/^SERIES_SHORT LATE: .*before 1970-01-01T05/);
    expect(make(series("A"), series("GONE", undefined, 0, 50))).toMatch(/^SERIES_SHORT GONE: .*after 1970-01-03T01/);
  });
  it("says how many returns there are and how many are needed", () => {
    expect(make(series("A", undefined, 0, 30))).toMatch(/^TOO_FEW_RETURNS series: 29 returns are too few, 30 are needed/);
    expect(make(series("A", undefined, 0, 0))).toMatch(/^SERIES_SHORT A/);
  });
  it.each([
    [0, "INVALID_PRICE"],
    [-1, "INVALID_PRICE"],
    [Number.NaN, "NOT_A_NUMBER"],
    [Number.POSITIVE_INFINITY, "NOT_A_NUMBER"],
  ])("refuses a price of %s", (bad, code) => {
    expect(make(series("A", (i) => (i === 3 ? bad : 1)))).toMatch(new RegExp(`^${code} A: A: price 4 is`));
  });
  it("refuses nothing at all, a market twice, prices without instants, a step of no length", () => {
    expect(make()).toMatch(/^NO_SERIES/);
    expect(make(series("A"), series("A"))).toMatch(/^DUPLICATE_SYMBOL A/);
    expect(make({ symbol: "A", times: [], prices: [1, 2] })).toMatch(/^SERIES_SHORT A/);
    expect(refusal(() => returnMatrix([series("A")], 0))).toMatch(/^INVALID_STEP/);
  });
});

describe("risk questions", () => {
  it.each([0, 0.3, 1, 95, Number.NaN, -0.95])("refuses a confidence of %s", (confidence) => {
    expect(risk({ confidence })).toMatch(/^INVALID_CONFIDENCE confidence/);
    expect(refusal(() => backtestValueAtRisk([], [], confidence))).toMatch(/^INVALID_CONFIDENCE/);
  });
  it("refuses a confidence the returns do not reach", () => {
    expect(risk({ confidence: 0.99 })).toMatch(/^TOO_FEW_RETURNS returns: 59 returns do not reach 99 %: 100 are needed/);
  });
  it("refuses weights that do not fit, are no numbers, or hold nothing", () => {
    expect(risk({}, [1])).toMatch(/^WEIGHTS_MISMATCH weights: 1 weights for 2 markets/);
    expect(risk({}, [1, Number.NaN])).toMatch(/^NOT_A_NUMBER ETH\/USDT/);
    expect(risk({}, [0, 0])).toMatch(/^EMPTY_PORTFOLIO/);
  });
  it.each([0, 99.5, 1e9])("refuses %s scenarios, and a seed that is no whole number", (scenarios) => {
    expect(risk({ method: "monte-carlo", scenarios, seed: 1 })).toMatch(/^INVALID_SCENARIOS/);
    expect(risk({ method: "monte-carlo", scenarios: 100, seed: 0.5 })).toMatch(/^INVALID_SEED/);
  });
  it("refuses a portfolio that never moved rather than calling it safe, whatever the method", () => {
    const still = returnMatrix([series("USDC/USDT", () => 0.9997)], HOUR);
    for (const method of ["historical", "gaussian", "modified", "monte-carlo"] as const)
      expect(refusal(() => portfolioRisk(still, [1], { method, confidence: 0.9, scenarios: 100, seed: 1 }))).toMatch(/^ZERO_VARIANCE/);
  });
  it("counts a market that never moves as no risk beside one that does", () => {
    const mixed = returnMatrix([series("BTC/USDT"), series("USDC/USDT", () => 1)], HOUR);
    const { parts, total } = portfolioRisk(mixed, [0.5, 0.5], { method: "gaussian", confidence: 0.95 }).valueAtRisk;
    expect(total).toBeGreaterThan(0);
    expect(Math.abs(parts[1]?.component ?? 1)).toBe(0);
  });
  it("refuses NaN among the returns, naming the market", () => {
    const bad = { ...matrix, columns: [matrix.columns[0] as Float64Array, new Float64Array(59).fill(Number.NaN)] };
    expect(refusal(() => portfolioRisk(bad, [0.5, 0.5], { method: "gaussian", confidence: 0.95 }))).toMatch(/^NOT_A_NUMBER ETH\/USDT/);
  });
});

describe("other figures", () => {
  const still = new Float64Array(40);
  const moving = Float64Array.from({ length: 40 }, (_, i) => Math.sin(i) / 10);
  it("has no correlation with what never moves, and says what that is", () => {
    const mixed = returnMatrix([series("A"), series("USDC", () => 0.3)], HOUR);
    for (const kind of ["pearson", "spearman", "kendall"] as const)
      expect(correlationMatrix(mixed, kind)).toMatchObject({
        values: [
          [1, null],
          [null, null],
        ],
        constant: ["USDC"],
      });
  });
  it("beta: to BTC itself one; refusals", () => {
    expect(beta(moving, moving)).toBe(1);
    expect(
      beta(
        moving.map((x) => 2 * x),
        moving,
      ),
    ).toBeCloseTo(2, 14);
    expect(refusal(() => beta(moving, still))).toMatch(/^ZERO_VARIANCE benchmark/);
    expect(refusal(() => beta(moving, moving.slice(1)))).toMatch(/^MISALIGNED_SERIES/);
    expect(refusal(() => beta(moving.slice(0, 9), moving.slice(0, 9)))).toMatch(/^TOO_FEW_RETURNS/);
  });
  it("Sharpe and Sortino", () => {
    expect(refusal(() => sharpeRatio(still))).toMatch(/^ZERO_VARIANCE/);
    expect(refusal(() => sortinoRatio(moving.map(Math.abs)))).toMatch(/^NO_LOSSES/);
  });
  it("drawdown: high, low, recovery and now", () => {
    expect(drawdown([10, 12, 6, 9, 12, 11])).toEqual({ max: 0.5, peak: 1, trough: 2, recovered: 4, current: expect.closeTo(1 / 12, 15) });
    expect(drawdown([5, 5, 6])).toEqual({ max: 0, peak: 0, trough: 0, recovered: null, current: 0 });
    expect(drawdown([10, 8, 10, 5])).toMatchObject({ max: 0.5, peak: 2, trough: 3, recovered: null });
    expect(refusal(() => drawdown([1]))).toMatch(/^TOO_FEW_VALUES/);
    expect(refusal(() => drawdown([1, 0]))).toMatch(/^INVALID_VALUE/);
    expect(refusal(() => drawdown([1, Number.NaN]))).toMatch(/^NOT_A_NUMBER/);
  });
  it("liquidity horizon: days at a share of the volume", () => {
    const held = [
      { symbol: "A", quantity: -50, dailyVolume: 100 },
      { symbol: "B", quantity: 0, dailyVolume: 0 },
    ];
    expect(liquidityHorizon(held, 0.1)).toEqual({
      positions: [
        { symbol: "A", days: 5 },
        { symbol: "B", days: 0 },
      ],
      days: 5,
    });
    expect(liquidityHorizon([], 0.1).days).toBe(0);
    expect(refusal(() => liquidityHorizon([{ symbol: "A", quantity: 1, dailyVolume: 0 }], 0.1))).toMatch(/^NO_VOLUME A/);
    expect(refusal(() => liquidityHorizon([{ symbol: "A", quantity: Number.NaN, dailyVolume: 1 }], 0.1))).toMatch(/^NOT_A_NUMBER A/);
    for (const share of [0, -1, 1.5, Number.NaN]) expect(refusal(() => liquidityHorizon([], share))).toMatch(/^INVALID_PARTICIPATION/);
  });
});
