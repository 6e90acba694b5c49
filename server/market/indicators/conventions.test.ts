import { describe, expect, it } from "vitest";
import {
  Adx,
  adx,
  atr,
  bollinger,
  ema,
  Macd,
  macd,
  obv,
  percentB,
  RealisedVolatility,
  realisedVolatility,
  rollingCorrelation,
  rsi,
  sma,
  vwap,
  zScore,
} from "..";

const flat = (n: number, value = 0.1) => new Array<number>(n).fill(value);
const no = undefined;

describe("conventions by hand", () => {
  it("seeds the EMA with the simple average of the first values", () => {
    expect(ema([1, 2, 3, 4, 5], 3)).toEqual([no, no, 2, 3, 4]);
  });
  it("has no value until there are enough, and never zero in its place", () => {
    expect(sma([1, 2], 3)).toEqual([no, no]);
    expect(rsi([1, 2, 3], 3)).toEqual([no, no, no]);
    expect(atr([2], [1], [1], 2)).toEqual([no]);
    expect(bollinger([1, 2], 3, 2)).toEqual({ lower: [no, no], middle: [no, no], upper: [no, no] });
    expect(zScore([1, 2], 3)).toEqual([no, no]);
    expect(ema([], 3)).toEqual([]);
  });
  it("is warm exactly where it says", () => {
    const x = Array.from({ length: 60 }, (_, i) => 10 + Math.sin(i));
    const m = new Macd();
    expect(x.findIndex((v) => m.add(v)?.histogram !== undefined) + 1).toBe(m.warmUp);
    const a = new Adx(14);
    expect(x.findIndex((v) => a.add(v + 1, v - 1, v)?.adx !== undefined) + 1).toBe(a.warmUp);
    const r = new RealisedVolatility(20, 365);
    expect(x.findIndex((v) => r.add(v) !== undefined) + 1).toBe(r.warmUp);
  });
  it("weighs prices by volume, and has no average where nothing was traded", () => {
    expect(vwap([1, 2, 4], [0, 3, 1], 2)).toEqual([no, 2, 2.5]);
    expect(vwap([1, 2, 4], [0, 0, 1], 2)).toEqual([no, no, 4]);
  });
  it("adds volume on a rise, takes it off on a fall, leaves it when the close stands", () => {
    expect(obv([5, 6, 6, 4], [10, 3, 2, 1])).toEqual([10, 13, 13, 12]);
  });
  it("counts distances in population deviations", () => {
    expect(zScore([1, 3], 2)[1]).toBe(1);
    expect(percentB([1, 3], 2, 2)[1]).toBe(1 / 4 + 1 / 2);
  });
  it("correlates what moves together and against each other", () => {
    expect(rollingCorrelation([1, 2, 3], [2, 4, 6], 3)[2]).toBeCloseTo(1, 15);
    expect(rollingCorrelation([1, 2, 4], [-1, -2, -4], 3)[2]).toBeCloseTo(-1, 15);
  });
  it("annualises the root of the mean squared log return", () => {
    expect(realisedVolatility([1, Math.E, 1], 2, 365)[2]).toBeCloseTo(Math.sqrt(365), 12);
  });
  it("follows Wilder's directional movement: all of it up in a market that only rises", () => {
    const up = Array.from({ length: 10 }, (_, i) => i + 1);
    const lines = adx(
      up.map((x) => x + 0.5),
      up.map((x) => x - 0.5),
      up,
      3,
    );
    expect(lines.minusDi.at(-1)).toBe(0);
    expect(lines.plusDi.at(-1)).toBeCloseTo((100 * 1) / 1.5, 12);
    expect(lines.adx.at(-1)).toBe(100);
  });
});

describe("prices that never move", () => {
  it("gives each indicator's documented answer", () => {
    expect(rsi(flat(20), 14).at(-1)).toBe(50);
    expect(atr(flat(20), flat(20), flat(20), 14).at(-1)).toBe(0);
    expect(realisedVolatility(flat(20), 5, 365).at(-1)).toBe(0);
    const { macd: line, histogram } = macd(flat(40));
    expect([line.at(-1), histogram.at(-1)]).toEqual([expect.closeTo(0, 15), expect.closeTo(0, 15)]);
    expect(adx(flat(20), flat(20), flat(20), 5)).toMatchObject({ adx: { 19: 0 }, plusDi: { 19: 0 }, minusDi: { 19: 0 } });
  });
  it("has no z-score, no %B and no correlation, also when it moved before", () => {
    const calmed = [3, 1, 7, ...flat(9)];
    expect(zScore(calmed, 9).at(-1)).toBeUndefined();
    expect(zScore(calmed, 9).at(-2)).toBeTypeOf("number");
    expect(percentB(calmed, 9, 2).at(-1)).toBeUndefined();
    expect(percentB(calmed, 9, 2).at(-2)).toBeTypeOf("number");
    expect(
      rollingCorrelation(
        calmed,
        calmed.map((_, i) => i),
        9,
      ).at(-1),
    ).toBeUndefined();
    expect(
      rollingCorrelation(
        calmed.map((_, i) => i),
        calmed,
        9,
      ).at(-2),
    ).toBeTypeOf("number");
  });
});
