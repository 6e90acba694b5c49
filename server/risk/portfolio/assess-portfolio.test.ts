import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fixed, sum, toText } from "@/server/shared";
import { type Answered, assessPortfolio, inMoney, type PortfolioQuestion, portfolioRisk, returnMatrix } from "..";

const HOUR = 3_600_000;
const COUNT = 400;
const walk = (seed: number, scale: number) => {
  let price = 100;
  return Array.from({ length: COUNT + 1 }, (_, i) => {
    price *= 1 + scale * Math.sin(i * seed + Math.cos(i * 1.7 * seed));
    return price;
  });
};
const times = Array.from({ length: COUNT + 1 }, (_, i) => i * HOUR);
const BTC = { symbol: "BTC/USDT", times, prices: walk(1.1, 0.01) };
const ETH = { symbol: "ETH/USDT", times, prices: walk(2.3, 0.02) };

const question = (over: Partial<PortfolioQuestion> = {}): PortfolioQuestion => ({
  held: [
    { symbol: "BTC/USDT", quantity: 2, value: 3_000, venue: "Paper", dailyVolume: 100 },
    { symbol: "ETH/USDT", quantity: 50, value: 2_000, venue: "Paper", dailyVolume: 50 },
  ],
  cash: 5_000,
  currency: "USDT",
  venue: "Paper",
  series: [BTC, ETH],
  stepMs: HOUR,
  benchmark: BTC,
  past: { series: [BTC, ETH], stepMs: HOUR, steps: 24, real: true },
  confidence: 0.95,
  scenarios: 500,
  seed: 1,
  participation: 0.1,
  shocks: [
    { id: "a", name: "All fall", shock: { kind: "price", change: -0.3 } },
    { id: "b", name: "As one", shock: { kind: "correlation-to-one", factor: 1, confidence: 0.99, steps: 1 } },
    { id: "c", name: "DOGE gone", shock: { kind: "price", change: -1, symbols: ["DOGE/USDT"] } },
  ],
  ...over,
});
const value = <T>(answer: Answered<T>): T => {
  if (!answer.ok) throw new Error(`${answer.code}: ${answer.message}`);
  return answer.value;
};
const refusal = (answer: Answered<unknown>): string => (answer.ok ? "answered" : `${answer.code} ${answer.field}`);

describe("an assessment", () => {
  it("answers everything of a portfolio it has all data of, by the figures' own functions", () => {
    const a = assessPortfolio(question());
    const expected = portfolioRisk(returnMatrix([BTC, ETH], HOUR), [0.3, 0.2], { method: "historical", confidence: 0.95 });
    expect(value(a.methods.historical)).toEqual(expected);
    for (const method of ["historical", "gaussian", "modified", "monte-carlo"] as const) {
      const { valueAtRisk, expectedShortfall } = value(a.methods[method]);
      for (const figure of [valueAtRisk, expectedShortfall]) expect(figure.parts.reduce((s, p) => s + p.component, 0)).toBe(figure.total);
      expect(expectedShortfall.total).toBeGreaterThanOrEqual(valueAtRisk.total);
    }
    expect(value(a.correlation).values[0]?.[0]).toBe(1);
    expect(value(a.liquidity)).toEqual({
      days: 10,
      positions: [
        { symbol: "BTC/USDT", days: 0.2 },
        { symbol: "ETH/USDT", days: 10 },
      ],
    });
    expect(value(a.backtest)).toMatchObject({ window: 200, observations: 200 });
    expect(value(a.drawdown).max).toBeGreaterThan(0);
    // Of BTC alone with all the money, beta to BTC is one.
    const held = [{ symbol: "BTC/USDT", quantity: 1, value: 100, venue: "Paper", dailyVolume: 1 }];
    expect(value(assessPortfolio(question({ held, cash: 0, series: [BTC] })).beta)).toBeCloseTo(1, 12);
  });

  it("stresses with what a user defined and with the worst past stretches; cash stands in it", () => {
    const { stress } = assessPortfolio(question());
    expect(stress.slice(0, 3).map((s) => (s.ok ? [s.value.scenario, Math.round(s.value.total)] : refusal(s)))).toEqual([
      ["All fall", -1500],
      ["As one", expect.any(Number)],
      "NOT_HELD DOGE/USDT",
    ]);
    expect(stress.length).toBeGreaterThan(3);
    for (const row of stress.slice(3)) expect(value(row)).toMatchObject({ kind: "past" });
    for (const row of stress) if (row.ok) expect(row.value.positions.reduce((s, p) => s + p.pnl, 0)).toBe(row.value.total);
  });

  it("calls no stretch of simulated prices by the name of a crash", () => {
    const from = Date.UTC(2022, 10, 5);
    const shifted = [BTC, ETH].map((s) => ({ ...s, times: times.map((t) => t + from) }));
    const named = (real: boolean) =>
      assessPortfolio(question({ past: { series: shifted, stepMs: HOUR, steps: 24, real } })).stress.flatMap((s) => (s.ok ? s.value.scenario : []));
    expect(named(true)).toContain("FTX collapse");
    expect(named(false)).not.toContain("FTX collapse");
  });

  it("refuses by name what it has no data for, and nothing else", () => {
    const late = { ...ETH, times: times.slice(100), prices: ETH.prices.slice(100) };
    const a = assessPortfolio(question({ series: [BTC, late], benchmark: { symbol: "BTC/USDT", times: [], prices: [] } }));
    for (const answer of [...Object.values(a.methods), a.correlation, a.beta, a.drawdown, a.backtest])
      expect(refusal(answer)).toBe("SERIES_SHORT ETH/USDT");
    expect(a.liquidity.ok).toBe(true);
    expect(refusal(assessPortfolio(question({ benchmark: { symbol: "BTC/USDT", times: [], prices: [] } })).beta)).toBe("PRICES_MISSING BTC/USDT");
    expect(refusal(assessPortfolio(question({ confidence: 0.999 })).backtest)).toBe("TOO_FEW_RETURNS returns");
    const flat = { ...BTC, prices: BTC.prices.map(() => 7) };
    expect(refusal(assessPortfolio(question({ benchmark: flat })).beta)).toBe("ZERO_VARIANCE benchmark");
    const unknown = question().held.map((h) => ({ ...h, dailyVolume: null }));
    expect(refusal(assessPortfolio(question({ held: unknown })).liquidity)).toBe("VOLUME_MISSING BTC/USDT");
  });

  it("of nothing held says so everywhere, and has no NaN anywhere", () => {
    const a = assessPortfolio(question({ held: [], cash: 0, series: [] }));
    for (const answer of [a.returns, ...Object.values(a.methods), a.correlation, a.beta, a.drawdown, a.backtest])
      expect(refusal(answer)).toBe("NO_POSITIONS positions");
    for (const all of [a, assessPortfolio(question())])
      JSON.stringify(all, (_, v: unknown) => {
        if (typeof v === "number" && !Number.isFinite(v)) throw new Error("not a number");
        return v;
      });
  });
});

it("money of the parts adds up to the money of the whole, to the last cent", () => {
  const share = fc.double({ min: -1, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(share, { minLength: 1, maxLength: 30 }), fc.integer({ min: 1, max: 1_000_000_000 }), (parts, cents) => {
      const total = parts.reduce((s, p) => s + p, 0);
      const money = inMoney(total, parts, fixed((cents / 100).toFixed(2)), 2);
      expect(toText(sum(money.parts))).toBe(toText(money.total));
    }),
  );
});
