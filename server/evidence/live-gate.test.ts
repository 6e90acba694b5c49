import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { randomAgent, randomMarket } from "@/server/testing/evidence-agents";
import { evidenceWords } from "./evidence-words";
import { exposureMatched } from "./exposure-matched";
import { DEFAULT_GATE, evaluateGate } from "./live-gate";
import { scoreRecord } from "./score-record";

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "no error";
};

describe("excess over the exposure-matched hold", () => {
  it("worked by hand: half in on average, in when it rose", () => {
    const { average, hold, excess } = exposureMatched({
      symbols: ["A/USDT"],
      exposure: [[1, 0, 1, 0]],
      prices: [[0.04, -0.02, 0.06, 0.02]],
      result: [0.04, 0, 0.06, 0],
    });
    expect(average).toEqual([0.5]);
    // The mean of all but the two periods after each: ½, ½, ⅔ and ½.
    [0.02, -0.01, 0.04, 0.01].forEach((x, i) => {
      expect(hold[i]).toBeCloseTo(x, 15);
    });
    [0.02, 0.01, 0.02, -0.01].forEach((x, i) => {
      expect(excess[i]).toBeCloseTo(x, 15);
    });
  });
  it("is nothing for a constant exposure, whatever the market does", () => {
    const prices = randomMarket("rising", 2, 120, 3);
    const exposure = prices.map(() => new Float64Array(120).fill(0.4));
    const result = Float64Array.from({ length: 120 }, (_, t) => 0.4 * (prices[0]?.[t] ?? 0) + 0.4 * (prices[1]?.[t] ?? 0));
    for (const x of exposureMatched({ symbols: ["A", "B"], exposure, prices, result }).excess) expect(Math.abs(x)).toBeLessThan(1e-15);
    expect(codeOf(() => scoreRecord({ symbols: ["A", "B"], exposure, prices, result }, { trials: 1, knownSharpes: [] }, 365, 0.95))).toBe(
      "CONSTANT_SERIES",
    );
  });
  it("hardly changes in sum when every period of the market earns the same on top: by two periods of it at most", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.double({ min: -0.01, max: 0.01, noNaN: true }), (seed, drift) => {
        const prices = randomMarket("flat", 2, 80, seed);
        const lifted = prices.map((column) => column.map((x) => x + drift));
        const sum = (columns: typeof prices) => exposureMatched(randomAgent(columns, seed).record).excess.reduce((a, b) => a + b, 0);
        expect(Math.abs(sum(lifted) - sum(prices))).toBeLessThanOrEqual(2 * Math.abs(drift) + 1e-12);
      }),
    );
  });
  it("takes costs off in full", () => {
    const prices = randomMarket("flat", 1, 80, 8);
    const { record } = randomAgent(prices, 8);
    const costly = { ...record, result: Float64Array.from(record.result, (x) => x - 0.001) };
    const sum = (r: typeof record) => exposureMatched(r).excess.reduce((a, b) => a + b, 0);
    expect(sum(record) - sum(costly)).toBeCloseTo(0.08, 12);
  });
  it.each([
    ["a symbol without prices for part of the time", { prices: [[0.1, 0.2]] }, "MISALIGNED_SERIES"],
    ["a symbol without prices", { prices: [] }, "MISALIGNED_SERIES"],
    ["a price that is no number", { prices: [[0.1, Number.NaN, 0.2]] }, "NOT_A_NUMBER"],
  ])("refuses %s", (_, change, code) => {
    const record = { symbols: ["A/USDT"], exposure: [[1, 0, 1]], prices: [[0.1, 0.2, 0.3]], result: [0.1, 0, 0.1] };
    expect(codeOf(() => exposureMatched({ ...record, ...change }))).toBe(code);
  });
});

describe("the score", () => {
  const { record } = randomAgent(randomMarket("rising", 2, 400, 21), 21);
  const score = (trials: number, knownSharpes: readonly number[] = []) => scoreRecord(record, { trials, knownSharpes }, 365, 0.95);
  it("takes the spread of the trials from chance until ten of them are known, and never less than that", () => {
    const chance = 1 / (score(5).effectivePeriods - 1);
    expect(score(5, [9, -9]).trialVariance).toBe(chance);
    const wide = Array.from({ length: 10 }, (_, i) => (i % 2 ? 6 : -6));
    expect(score(20, wide)).toMatchObject({ varianceFrom: "known trials" });
    expect(score(20, wide).trialVariance).toBeCloseTo(40 / 365, 12);
    expect(score(20, new Array(10).fill(1)).trialVariance).toBe(chance);
    expect(score(20, wide).deflated).toBeLessThan(score(20).deflated);
  });
  it("refuses a record that is too short, one that never traded, and trials that are no number", () => {
    const short = randomAgent(randomMarket("rising", 2, 99, 21), 21).record;
    expect(codeOf(() => scoreRecord(short, { trials: 1, knownSharpes: [] }, 365, 0.95))).toBe("TOO_FEW_RETURNS");
    const idle = { ...record, exposure: record.exposure.map((c) => new Float64Array(c.length)), result: new Float64Array(400) };
    expect(codeOf(() => scoreRecord(idle, { trials: 1, knownSharpes: [] }, 365, 0.95))).toBe("CONSTANT_SERIES");
    expect(codeOf(() => score(20, new Array(10).fill(Number.NaN)))).toBe("NOT_A_NUMBER");
    expect(codeOf(() => score(0))).toBe("INVALID_TRIALS");
    expect(codeOf(() => scoreRecord(record, { trials: 1, knownSharpes: [] }, 0, 0.95))).toBe("INVALID_PERIOD");
  });
});

describe("the gate", () => {
  it("passes only when both conditions are met, and shows both numbers of each", () => {
    const verdict = evaluateGate(DEFAULT_GATE, { trades: 29, deflated: 0.97 });
    expect(verdict.passed).toBe(false);
    expect(verdict.conditions).toEqual([
      { id: "trades", met: false, has: 29, needs: 30, why: null },
      { id: "deflated-sharpe", met: true, has: 0.97, needs: 0.95, why: null },
    ]);
    expect(evaluateGate(DEFAULT_GATE, { trades: 30, deflated: 0.9499 }).passed).toBe(false);
    expect(evaluateGate(DEFAULT_GATE, { trades: 30, deflated: 0.95 }).passed).toBe(true);
  });
  it("does not pass what could not be computed, and says why", () => {
    const why = { code: "TOO_FEW_RETURNS", message: "12 of at least 60 periods: too few to say anything" };
    const verdict = evaluateGate(DEFAULT_GATE, { trades: 100, deflated: why });
    expect(verdict.passed).toBe(false);
    expect(verdict.conditions[1]).toEqual({ id: "deflated-sharpe", met: false, has: null, needs: 0.95, why });
    expect(evaluateGate(DEFAULT_GATE, { trades: 100, deflated: Number.NaN }).passed).toBe(false);
  });
  it("lets everything pass when it is off, and still shows what is not met", () => {
    const verdict = evaluateGate({ ...DEFAULT_GATE, enabled: false }, { trades: 0, deflated: 0 });
    expect(verdict.passed).toBe(true);
    expect(verdict.conditions.map((c) => c.met)).toEqual([false, false]);
  });
  it.each([
    { minTrades: 0 },
    { minTrades: 1.5 },
    { minTrades: Number.NaN },
    { minDeflatedSharpe: 0.4 },
    { minDeflatedSharpe: 1 },
    { minDeflatedSharpe: Number.NaN },
  ])("refuses %j", (change) => {
    expect(codeOf(() => evaluateGate({ ...DEFAULT_GATE, ...change }, { trades: 1, deflated: 1 }))).toBe("INVALID_GATE");
  });
  it.each([
    [null, 100, "no evidence"],
    [0.99, 29.9, "no evidence"],
    [0.99, Number.NaN, "no evidence"],
    [0.19, 100, "no evidence"],
    [0.49, 100, "cannot tell"],
    [0.69, 100, "too early to say"],
    [0.89, 100, "more likely skill than luck"],
    [0.94, 100, "likely better than luck"],
    [0.95, 100, "proven enough to go live"],
  ])("a ratio of %s after %s days is called %s", (deflated, days, words) => {
    expect(evidenceWords(deflated, days)).toBe(words);
  });
});
