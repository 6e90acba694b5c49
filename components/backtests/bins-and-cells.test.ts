import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SweepPointResult } from "@/server/backtest";
import { binsOf } from "./bins";
import { heatCells, neighbourMean } from "./heat-cells";

describe("bins of returns", () => {
  it("hold every value once, and none mixes gains and losses", () => {
    const returns = fc.array(fc.double({ min: -0.9, max: 3, noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(returns, (values) => {
        const bins = binsOf(values);
        expect(bins.reduce((s, b) => s + b.count, 0)).toBe(values.length);
        expect(bins.every((b) => b.to <= 1e-12 || b.from >= -1e-12)).toBe(true);
        const losing = bins.filter((b) => b.to <= 1e-12).reduce((s, b) => s + b.count, 0);
        const clear = values.filter((v) => v < -1e-8).length;
        expect(losing).toBeGreaterThanOrEqual(clear);
        expect(losing).toBeLessThanOrEqual(values.filter((v) => v < 0).length);
        expect(bins.length).toBeLessThan(40);
      }),
    );
    expect(binsOf([])).toEqual([]);
    expect(
      binsOf([-0.01, 0, 0.01])
        .map((b) => b.count)
        .filter((c) => c > 0),
    ).toEqual([1, 1, 1]);
  });
});

describe("cells of a heat map", () => {
  const known = (value: number) => ({ value, reason: null });
  const point = (fast: number, slow: number, sharpe: number, refused: string | null = null): SweepPointResult => ({
    params: { fast, slow, atrPeriod: 14 },
    refused,
    blocks: null,
    equity: "1",
    totalReturn: sharpe / 10,
    sharpe: refused ? { value: null, reason: refused } : known(sharpe),
    calmar: known(0),
    maxDrawdown: 0.1,
    trades: 3,
    sample: { returns: 1, sharpe: 0, skewness: null, kurtosis: null },
  });
  const result = {
    axes: [
      { param: "fast", values: [3, 20] },
      { param: "slow", values: [9, 30] },
    ],
    points: [point(3, 9, 1), point(3, 30, 2), point(20, 9, 0, "too short"), point(20, 30, 4)],
  };

  it("stand at their values, refused points empty", () => {
    const cells = heatCells(result, { column: "fast", row: "slow" }, {}, "sharpe");
    expect(cells.map((row) => row.map((c) => c.value))).toEqual([
      [1, null],
      [2, 4],
    ]);
    expect(neighbourMean(cells, 1, 1)).toEqual({ mean: 1.5, count: 2 });
  });

  it("hold other axes at what was chosen, and one axis makes one row", () => {
    const cells = heatCells(result, { column: "fast", row: null }, { slow: 30 }, "return");
    expect(cells).toHaveLength(1);
    expect(cells[0]?.map((c) => c.value)).toEqual([0.2, 0.4]);
    expect(neighbourMean([[{ point: null, value: 1 }]], 0, 0)).toBeNull();
  });
});
