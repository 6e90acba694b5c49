import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "@/server/shared";
import { readCandleColumns, sharedFile } from "@/server/testing/shared-data";
import {
  applyShock,
  knownCrashes,
  type PriceSeries,
  portfolioRisk,
  returnMatrix,
  type StressPosition,
  type StressShock,
  stressShock,
  worstWindows,
} from "..";

const HOUR = 3_600_000;
const held: readonly StressPosition[] = [
  { symbol: "BTC/USDT", value: 600, venue: "paper" },
  { symbol: "ETH/USDT", value: -200, venue: "orderly" },
  { symbol: "USDT", value: 400, venue: "paper" },
];
const prices = (symbol: string, price: (i: number) => number, n = 60): PriceSeries => ({
  symbol,
  times: Array.from({ length: n }, (_, i) => i * HOUR),
  prices: Array.from({ length: n }, (_, i) => price(i)),
});
const wavy = [prices("BTC/USDT", (i) => 100 + 5 * Math.sin(i)), prices("ETH/USDT", (i) => 50 + 3 * Math.cos(i * 1.3))];
const returns = returnMatrix(wavy, HOUR);
const pnl = (shock: StressShock, positions = held) => applyShock(positions, shock, returns).positions.map((p) => p.pnl);
function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return `${error.code} ${error.details.field}`;
    throw error;
  }
  return "accepted";
}

describe("shocks a user defines", () => {
  it("prices: all markets or those named; cash stays", () => {
    expect(pnl({ kind: "price", change: -0.3 })).toEqual([-180, 60, 0]);
    expect(pnl({ kind: "price", change: -0.5, symbols: ["BTC/USDT"] })).toEqual([-300, 0, 0]);
    expect(refusal(() => pnl({ kind: "price", change: -0.5, symbols: ["SOL/USDT"] }))).toBe("NOT_HELD SOL/USDT");
  });
  it("depeg: what is held of the currency loses, what is quoted in it does not", () => {
    expect(pnl({ kind: "depeg", currency: "USDT", price: 0.9 })).toEqual([0, 0, expect.closeTo(-40, 12)]);
    expect(refusal(() => pnl({ kind: "depeg", currency: "DAI", price: 0.9 }))).toBe("NOT_HELD DAI");
  });
  it("venue down: the price moves first, then a part is gone, of shorts' proceeds too", () => {
    expect(pnl({ kind: "venue-down", venue: "paper", change: -0.1, recovery: 0.5 })).toEqual([-60 - 270, 0, -200]);
    expect(pnl({ kind: "venue-down", venue: "orderly", change: 0.1, recovery: 1 })).toEqual([0, -20, 0]);
    expect(refusal(() => pnl({ kind: "venue-down", venue: "nowhere", change: 0, recovery: 0 }))).toBe("NOT_HELD nowhere");
  });
  it("volatility: the gaussian VaR without drift, times the factor and the root of the steps", () => {
    const markets = held.slice(0, 2);
    const once = applyShock(markets, { kind: "volatility", factor: 1, confidence: 0.99, steps: 1 }, returns).total;
    const { total } = portfolioRisk(returns, [600, -200], { method: "gaussian", confidence: 0.99 }).valueAtRisk;
    const drift = [600, -200].reduce(
      (sum, value, i) => sum + value * ((returns.columns[i] ?? new Float64Array()).reduce((a, b) => a + b, 0) / returns.count),
      0,
    );
    expect(-once).toBeCloseTo(total + drift, 8);
    expect(applyShock(markets, { kind: "volatility", factor: 3, confidence: 0.99, steps: 4 }, returns).total).toBeCloseTo(6 * once, 8);
  });
  it("correlation to one: longs lose the sum of their own risks, more than together today", () => {
    const longs = held.slice(0, 2).map((p) => ({ ...p, value: Math.abs(p.value) }));
    const alone = longs.map((p) => applyShock([p], { kind: "volatility", factor: 1, confidence: 0.95, steps: 1 }, returns).total);
    const shock = { kind: "correlation-to-one", factor: 1, confidence: 0.95, steps: 1 } as const;
    const asOne = applyShock(longs, shock, returns);
    expect(asOne.total).toBeCloseTo(
      alone.reduce((a, b) => a + b, 0),
      8,
    );
    expect(asOne.total).toBeLessThan(applyShock(longs, { ...shock, kind: "volatility" }, returns).total);
    // A short then hedges: it gains where the long loses.
    expect(pnl(shock)[1]).toBeGreaterThan(0);
  });
  it("refuses to guess: no returns of a market, nothing held, NaN, prices that never moved", () => {
    const shock = { kind: "volatility", factor: 2, confidence: 0.95, steps: 1 } as const;
    expect(refusal(() => applyShock([{ symbol: "SOL/USDT", value: 1, venue: "paper" }], shock, returns))).toBe("RETURNS_MISSING SOL/USDT");
    expect(refusal(() => applyShock(held, shock))).toBe("RETURNS_MISSING BTC/USDT");
    expect(refusal(() => applyShock([], { kind: "price", change: -0.1 }))).toBe("NO_POSITIONS positions");
    expect(refusal(() => applyShock([{ symbol: "BTC/USDT", value: Number.NaN, venue: "paper" }], { kind: "price", change: -0.1 }))).toBe(
      "NOT_A_NUMBER BTC/USDT",
    );
    const still = returnMatrix([prices("BTC/USDT", () => 7)], HOUR);
    for (const kind of ["volatility", "correlation-to-one"] as const)
      expect(refusal(() => applyShock(held.slice(0, 1), { ...shock, kind }, still))).toBe("ZERO_VARIANCE returns");
  });
  it.each([
    { kind: "price", change: -1.5 },
    { kind: "price", change: Number.NaN },
    { kind: "price", change: -0.1, symbol: "BTC/USDT" },
    { kind: "volatility", factor: 0, confidence: 0.95 },
    { kind: "volatility", factor: 2, confidence: 95 },
    { kind: "correlation-to-one", confidence: 0.95, steps: 0 },
    { kind: "depeg", currency: "usdt", price: 0.9 },
    { kind: "depeg", currency: "USDT", price: 1 },
    { kind: "venue-down", venue: "paper", recovery: 2 },
    { kind: "meteor" },
  ])("the schema refuses %o", (input) => {
    expect(stressShock.safeParse(input).success).toBe(false);
  });
  it("whatever the schema lets through gives finite results that add up, or a typed refusal", () => {
    const level = fc.double({ min: 0.5, max: 0.9999, noNaN: true });
    const factor = fc.double({ min: 1e-6, max: 100, noNaN: true });
    const change = fc.double({ min: -1, max: 10, noNaN: true });
    const shocks = fc.oneof(
      fc.record({ kind: fc.constant("price"), change }),
      fc.record({ kind: fc.constantFrom("volatility", "correlation-to-one"), factor, confidence: level, steps: fc.integer({ min: 1, max: 365 }) }),
      fc.record({ kind: fc.constant("depeg"), currency: fc.constantFrom("USDT", "BTC"), price: fc.double({ min: 0, max: 0.999, noNaN: true }) }),
      fc.record({
        kind: fc.constant("venue-down"),
        venue: fc.constantFrom("paper", "orderly"),
        change,
        recovery: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    );
    const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(shocks, fc.tuple(value, value, value), (input, values) => {
        const positions = held.map((p, i) => ({ ...p, value: values[i] as number }));
        let result: ReturnType<typeof applyShock>;
        try {
          result = applyShock(positions, stressShock.parse(input), returns);
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^(ZERO_VARIANCE|EMPTY_PORTFOLIO)$/) });
          return;
        }
        const sum = result.positions.reduce((total, p) => total + p.pnl, 0);
        expect(result.total).toBe(sum);
        expect([sum, ...result.positions.map((p) => p.pnl)].every((x) => Number.isFinite(x) && !Object.is(x, -0))).toBe(true);
      }),
    );
  });
});

describe("real prices of the past", () => {
  const falling = prices("BTC/USDT", (i) => (i < 20 ? 100 : i < 22 ? 100 - 20 * (i - 19) : 60 + i / 100));
  const long = [
    { symbol: "BTC/USDT", value: 1_000, venue: "paper" },
    { symbol: "USDT", value: 50, venue: "paper" },
  ];
  it("finds the worst stretch, and no loss where there was none", () => {
    const [worst, ...others] = worstWindows(long, [falling], HOUR, 2, 5);
    expect(worst).toMatchObject({
      from: 19 * HOUR,
      to: 21 * HOUR,
      total: expect.closeTo(-400, 10),
      positions: [{ symbol: "BTC/USDT" }, { symbol: "USDT", pnl: 0 }],
    });
    expect(others).toEqual([]);
    expect(worstWindows(long, [prices("BTC/USDT", (i) => 1 + i)], HOUR, 2)).toEqual([]);
  });
  it("agrees with taking every stretch by hand, and its stretches do not overlap", () => {
    const both = held.slice(0, 2);
    const found = worstWindows(both, wavy, HOUR, 5, 4);
    const at = (k: number, t: number) => wavy[k]?.prices[t] as number;
    const all = Array.from({ length: 55 }, (_, t) => 600 * (at(0, t + 5) / at(0, t) - 1) - 200 * (at(1, t + 5) / at(1, t) - 1));
    expect(found[0]?.total).toBeCloseTo(Math.min(...all), 10);
    for (const [i, a] of found.entries()) for (const b of found.slice(i + 1)) expect(Math.abs(a.from - b.from)).toBeGreaterThanOrEqual(5 * HOUR);
    expect(found.map((w) => w.total)).toEqual(found.map((w) => w.total).sort((a, b) => a - b));
  });
  it("takes the positions through crashes the prices cover, and only those", () => {
    const crashes = [
      { name: "covered", from: 19 * HOUR, to: 21 * HOUR },
      { name: "before the prices", from: -5 * HOUR, to: 3 * HOUR },
      { name: "after them", from: 58 * HOUR, to: 60 * HOUR },
    ];
    expect(knownCrashes(long, [falling], HOUR, crashes)).toMatchObject([{ scenario: "covered", total: expect.closeTo(-400, 10) }]);
    expect(knownCrashes(long, [falling], HOUR)).toEqual([]);
  });
  it("refuses what it has no prices for, gaps, and stretches without meaning", () => {
    expect(refusal(() => worstWindows(held, [falling], HOUR, 2))).toBe("PRICES_MISSING ETH/USDT");
    const holed = { ...falling, times: Array.from(falling.times, (t, i) => (i > 30 ? t + HOUR : t)) };
    expect(refusal(() => worstWindows(long, [holed], HOUR, 2))).toBe("SERIES_GAP BTC/USDT");
    expect(refusal(() => knownCrashes(long, [holed], HOUR))).toBe("SERIES_GAP BTC/USDT");
    for (const steps of [0, 1.5, Number.NaN]) expect(refusal(() => worstWindows(long, [falling], HOUR, steps))).toBe("INVALID_WINDOW steps");
    expect(refusal(() => worstWindows(long, [falling], HOUR, 60))).toBe("TOO_FEW_RETURNS series");
    expect(refusal(() => worstWindows(long.slice(1), [falling], HOUR, 2))).toBe("NO_POSITIONS positions");
  });
});

const october = ["BTC", "ETH"].map((s) => sharedFile(`candles/spot-1h/binance_${s}USDT_1h.csv.gz`));
describe.skipIf(october.includes(null))(
  `known crashes in real candles (${october.includes(null) ? "SKIPPED: no candles in SHARED_DATA" : "October 2025"})`,
  () => {
    it("a long portfolio loses in the liquidations of October 2025, and no worst day is milder than that", () => {
      const series = october.map((file, i): PriceSeries => {
        const { time, close } = readCandleColumns(file ?? "");
        return { symbol: `${["BTC", "ETH"][i]}/USDT`, times: time, prices: close };
      });
      const long = held.slice(0, 2).map((p) => ({ ...p, value: 500 }));
      const crash = knownCrashes(long, series, HOUR).find((c) => c.scenario.startsWith("October 2025"));
      expect(crash?.total).toBeLessThan(-50);
      const [worst] = worstWindows(long, series, HOUR, 12);
      expect(worst?.total).toBeLessThanOrEqual(crash?.total ?? Number.NEGATIVE_INFINITY);
    });
  },
);
