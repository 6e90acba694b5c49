import { describe, expect, it } from "vitest";
import { DomainError } from "@/server/shared";
import {
  Adx,
  Atr,
  adx,
  atr,
  Bollinger,
  bollinger,
  Ema,
  ema,
  Macd,
  obv,
  percentB,
  Rsi,
  realisedVolatility,
  rollingCorrelation,
  rsi,
  Sma,
  sma,
  vwap,
  zScore,
} from "..";

const code = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof DomainError) return `${error.code} ${error.details.field ?? ""}`.trim();
    throw error;
  }
  return "accepted";
};

describe("refusals", () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 100_001])("refuses a period of %s", (period) => {
    for (const work of [
      () => sma([1], period),
      () => ema([1], period),
      () => rsi([1], period),
      () => atr([1], [1], [1], period),
      () => adx([1], [1], [1], period),
      () => bollinger([1], period, 2),
      () => percentB([1], period, 2),
      () => vwap([1], [1], period),
      () => zScore([1], period),
      () => rollingCorrelation([1], [1], period),
      () => realisedVolatility([1], period, 365),
    ])
      expect(code(work)).toBe("INVALID_PERIOD period");
  });
  it("refuses parameters without meaning, naming them", () => {
    expect(code(() => new Macd(26, 12, 9))).toBe("INVALID_PERIOD fast");
    expect(code(() => zScore([1], 1))).toBe("INVALID_PERIOD period");
    expect(code(() => rollingCorrelation([1], [1], 1))).toBe("INVALID_PERIOD period");
    for (const width of [0, -2, Number.NaN, 101]) expect(code(() => bollinger([1], 20, width))).toBe("INVALID_FACTOR width");
    for (const year of [0, Number.POSITIVE_INFINITY]) expect(code(() => realisedVolatility([1], 20, year))).toBe("INVALID_FACTOR barsPerYear");
  });
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e200])("refuses %s among the values, live and in a batch", (bad) => {
    for (const machine of [new Sma(2), new Ema(2), new Rsi(2), new Bollinger(2, 2), new Macd(1, 2, 1)]) {
      expect(code(() => machine.add(bad))).toBe("NOT_A_NUMBER value");
    }
    for (const machine of [new Atr(2), new Adx(2)]) expect(code(() => machine.add(3, 1, bad))).toBe("NOT_A_NUMBER close");
    expect(code(() => sma([1, bad], 2))).toBe("NOT_A_NUMBER value");
    expect(code(() => obv([1, 1], [1, bad]))).toBe("NOT_A_NUMBER volume");
    expect(code(() => vwap([1, bad], [1, 1], 2))).toBe("NOT_A_NUMBER price");
    expect(code(() => rollingCorrelation([1, 1], [1, bad], 2))).toBe("NOT_A_NUMBER right");
  });
  it("refuses bars that cannot be", () => {
    expect(code(() => atr([1], [2], [1], 2))).toBe("INVALID_BAR high");
    expect(code(() => adx([1], [2], [1], 2))).toBe("INVALID_BAR high");
    expect(code(() => obv([1], [-1]))).toBe("INVALID_BAR volume");
    expect(code(() => vwap([1], [-1], 1))).toBe("INVALID_BAR volume");
    expect(code(() => realisedVolatility([1, 0], 1, 365))).toBe("INVALID_PRICE close");
  });
  it("refuses columns of different lengths, naming the short one and what it has", () => {
    expect(code(() => atr([1, 2], [1, 2], [1], 2))).toBe("MISALIGNED_SERIES close");
    expect(code(() => vwap([1, 2], [1], 2))).toBe("MISALIGNED_SERIES volume");
    expect(() => rollingCorrelation([1], [1, 2], 2)).toThrow("left has 1 of 2 bars");
  });
  it("a refused value changes nothing", () => {
    const machines = () => [new Sma(3), new Ema(3), new Rsi(3), new Bollinger(3, 2)];
    const [disturbed, calm] = [machines(), machines()];
    for (const [i, x] of [5, 1, 4, 8, 2, 9].entries()) {
      for (const [k, machine] of disturbed.entries()) {
        if (i === 4) expect(code(() => machine.add(Number.NaN))).toBe("NOT_A_NUMBER value");
        expect(machine.add(x)).toEqual(calm[k]?.add(x));
      }
    }
    const [a, b] = [new Atr(2), new Atr(2)];
    for (const bar of [5, 7, 4, 9]) {
      expect(code(() => a.add(Number.NaN, bar, bar))).toBe("NOT_A_NUMBER high");
      expect(a.add(bar + 1, bar - 1, bar)).toBe(b.add(bar + 1, bar - 1, bar));
    }
  });
});
