import { describe, expect, it } from "vitest";
import { gapsIn, linePath, scaleFor, timeScale } from "./line-path";

const HOUR = 3_600_000;
const MINUTE = 60_000;

describe("a chart's time axis", () => {
  it("places points by their instants, not by their number", () => {
    const { x, nearest } = timeScale([0, 1, 2, 10], 100);
    expect([0, 1, 2, 3].map(x)).toEqual([0, 10, 20, 100]);
    expect([nearest(0), nearest(0.16), nearest(0.55), nearest(2)]).toEqual([0, 2, 2, 3]);
  });
  it("finds the gap of ticks that were missed, and none where steps only become shorter", () => {
    const hourly = [0, 1, 2, 3, 9, 10, 11].map((h) => h * HOUR);
    expect([...gapsIn(hourly)]).toEqual([4]);
    const finer = [0, HOUR, 2 * HOUR, 2 * HOUR + MINUTE, 2 * HOUR + 2 * MINUTE];
    expect([...gapsIn(finer)]).toEqual([]);
  });
  it("draws no line over a gap", () => {
    const scale = { ...scaleFor([[1, 2, 3]], 100, 50), x: timeScale([0, 1, 9], 100).x };
    expect(linePath([1, 2, 3], scale, new Set([2])).match(/M/g)).toHaveLength(2);
    expect(linePath([1, 2, 3], scale).match(/M/g)).toHaveLength(1);
  });
});
