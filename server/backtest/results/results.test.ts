import { describe, expect, it } from "vitest";
import { seededRandom } from "@/server/shared";
import { momentsOf } from "./moments";
import { monthlyReturns } from "./monthly-returns";
import { drawdownOf, performanceOf, returnsOf, YEAR_MS } from "./performance";
import { randomEntry, type TradeShape } from "./random-entry";

const DAY = 86_400_000;
const at = (i: number): number => Date.UTC(2025, 0, 1) + i * DAY;
const curve = (...values: number[]): Float64Array => Float64Array.from(values);
const walk = (returns: readonly number[]): Float64Array => {
  let value = 100;
  return Float64Array.from([100, ...returns.map((r) => (value *= 1 + r))]);
};

describe("moments", () => {
  it("are those of a sample worked out by hand", () => {
    // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, Σd² = 32, Σd³ = 42, Σd⁴ = 356.
    const m = momentsOf([2, 4, 4, 4, 5, 5, 7, 9]);
    expect(m.mean).toBe(5);
    expect(m.deviation).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(m.skewness).toBeCloseTo(42 / 8 / 4 ** 1.5, 14);
    expect(m.kurtosis).toBeCloseTo(356 / 8 / 16, 14);
  });

  it("know that rounding is no variation", () => {
    expect(momentsOf(new Array(1000).fill(0.1))).toMatchObject({ deviation: 0, skewness: null, kurtosis: null });
    expect(momentsOf([])).toMatchObject({ count: 0, deviation: 0 });
  });
});

describe("performance", () => {
  const returns = Array.from({ length: 60 }, (_, i) => (i % 3 === 0 ? -0.01 : 0.02));

  it("annualises by the bar interval over 365 days", () => {
    const { sharpe, sortino, volatility, sample } = performanceOf(walk(returns), DAY, at);
    const deviation = Math.sqrt((20 * 0.02 ** 2 + 40 * 0.01 ** 2) / 59);
    expect(sharpe.value).toBeCloseTo((0.01 / deviation) * Math.sqrt(365), 9);
    expect(volatility.value).toBeCloseTo(deviation * Math.sqrt(365), 9);
    expect(sortino.value).toBeCloseTo((0.01 / Math.sqrt((20 * 0.01 ** 2) / 60)) * Math.sqrt(365), 9);
    expect(sample.sharpe).toBeCloseTo(0.01 / deviation, 12);
    const hourly = performanceOf(walk(returns), DAY / 24, (i) => i * (DAY / 24));
    expect(hourly.sharpe.value as number).toBeCloseTo((sharpe.value as number) * Math.sqrt(24), 9);
  });

  it("annual return and Calmar follow from the end and the deepest fall", () => {
    const c = walk(returns);
    const { annualReturn, calmar, drawdown } = performanceOf(c, DAY, at);
    expect(annualReturn.value).toBeCloseTo(((c.at(-1) as number) / 100) ** (YEAR_MS / (60 * DAY)) - 1, 9);
    expect(drawdown.depth).toBeCloseTo(0.01, 12);
    expect(calmar.value).toBeCloseTo((annualReturn.value as number) / drawdown.depth, 9);
  });

  it.each([
    ["nothing moves", new Float64Array(100).fill(5), { sharpe: "never moved", sortino: "never moved", calmar: "never fell" }],
    ["nothing falls", walk(Array.from({ length: 60 }, (_, i) => (i % 2) / 100)), { sortino: "no return was negative", calmar: "never fell" }],
    ["too few points", walk([0.1, -0.1]), { sharpe: "30 are needed", sortino: "30 are needed", annualReturn: "less than 30 days" }],
    ["nothing is left", curve(...walk(returns), 0), { annualReturn: "nothing is left", calmar: "nothing is left" }],
  ])("says why a figure is missing when %s", (_name, c, reasons) => {
    const p = performanceOf(c, DAY, at) as unknown as Record<string, { value: number | null; reason: string | null }>;
    for (const [figure, reason] of Object.entries(reasons)) {
      expect(p[figure]?.value).toBeNull();
      expect(p[figure]?.reason).toContain(reason);
    }
    expect(JSON.stringify(p)).not.toMatch(/NaN|Infinity/);
  });

  it("finds the deepest and the longest fall", () => {
    const d = drawdownOf(curve(10, 12, 6, 9, 12, 11, 11.5, 11.9), at);
    expect(d).toEqual({ depth: 0.5, peakAt: at(1), troughAt: at(2), longestMs: 3 * DAY });
    expect(drawdownOf(curve(1, 2, 3), at)).toMatchObject({ depth: 0, longestMs: 0 });
    expect(returnsOf(curve(1, 2, 0, 5))).toEqual(Float64Array.from([1, -1]));
  });

  it("months end where the next begins, and their returns make up the whole", () => {
    const points = Array.from({ length: 70 }, (_, i) => 100 + i);
    const months = monthlyReturns(Float64Array.from(points), Float64Array.from(points), at);
    expect(months.map((m) => [m.year, m.month])).toEqual([
      [2025, 1],
      [2025, 2],
      [2025, 3],
    ]);
    expect(months.reduce((p, m) => p * (1 + m.strategy), 1)).toBeCloseTo(169 / 100, 12);
    expect(months[0]?.strategy).toBeCloseTo(31 / 100, 12);
  });
});

describe("random entry", () => {
  const random = seededRandom(4);
  let price = 100;
  const prices = Float64Array.from({ length: 2_000 }, () => (price *= 1 + (random() - 0.5) * 0.02));
  const ask = (trades: readonly TradeShape[], pnl: number, over: { seed?: number; cost?: number } = {}) =>
    randomEntry({
      prices: new Map([["A", prices]]),
      trades,
      costOf: () => over.cost ?? 0,
      capital: 1_000,
      pnl,
      draws: 400,
      seed: over.seed ?? 9,
      points: 30,
    });
  const trades = Array.from({ length: 20 }, (_, i): TradeShape => ({ symbol: "A", ticks: 10 + i, paid: 500 }));

  it("is the same for the same seed, another for another, and null without trades", () => {
    expect(ask(trades, 0)).toEqual(ask(trades, 0));
    expect(ask(trades, 0, { seed: 10 })?.median).not.toBe(ask(trades, 0)?.median);
    expect(ask([], 0)).toBeNull();
  });

  it("ranks hindsight at the top, its opposite at the bottom, and draws of its own evenly", () => {
    const gains = Array.from({ length: 1_900 }, (_, i) => (prices[i + 60] as number) / (prices[i] as number) - 1);
    const long = Array.from({ length: 5 }, (): TradeShape => ({ symbol: "A", ticks: 60, paid: 500 }));
    expect(ask(long, 5 * 500 * Math.max(...gains))?.percentile).toBe(1);
    expect(ask(long, 5 * 500 * Math.min(...gains))?.percentile).toBe(0);
    const one: readonly TradeShape[] = [{ symbol: "A", ticks: 60, paid: 500 }];
    const ranks = Array.from({ length: 300 }, () => ask(one, 500 * (gains[Math.floor(random() * gains.length)] as number))?.percentile as number);
    const mean = ranks.reduce((s, x) => s + x, 0) / ranks.length;
    // Mean of 300 uniform draws: 0.5 ± 3 × 0.29/√300.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.05);
  });

  it("pays the strategy's costs and never holds twice at once", () => {
    const full: readonly TradeShape[] = [{ symbol: "A", ticks: 1_999, paid: 500 }];
    const drawn = ask(full, 0, { cost: 0.01 });
    const change = (prices[1_999] as number) / (prices[0] as number);
    // There is one place for a trade that takes all the time: every draw is the same.
    expect(drawn?.low).toBeCloseTo(1_000 + 500 * ((change * 0.99) / 1.01 - 1), 9);
    expect(drawn?.high).toBeCloseTo(drawn?.low as number, 9);
    expect(drawn?.band.at(-1)?.median).toBeCloseTo(drawn?.median as number, 9);
  });
});
