import fc from "fast-check";
import { expect, it } from "vitest";
import { type Fixed, fixedInt, max, sum } from "@/server/shared";
import { resample } from "./resample";
import type { Candle } from "./types";

const M = 60_000;
const bar = (openTime: number, price: number, volume = 1): Candle => ({
  openTime,
  open: fixedInt(price),
  high: fixedInt(price + 2),
  low: fixedInt(price - 1),
  close: fixedInt(price + 1),
  volume: fixedInt(volume),
});

it("leaves out and reports a bar with a part missing", () => {
  const base = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11].map((i) => bar(i * M, 10 + i));
  const { candles, incomplete } = resample(base, M, 3 * M);
  expect(candles.map((c) => c.openTime)).toEqual([0, 3 * M, 9 * M]);
  expect(incomplete).toEqual([6 * M]);
  expect(candles[0]).toEqual({ openTime: 0, open: fixedInt(10), high: fixedInt(14), low: fixedInt(9), close: fixedInt(13), volume: fixedInt(3) });
});

it("never loses volume or extremes of complete bars, and accounts for every base bar", () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 80 }), { maxLength: 80 }), (slots) => {
      const base = slots.sort((a, b) => a - b).map((i) => bar(i * M, 10 + ((i * 7) % 13), i + 1));
      const { candles, incomplete } = resample(base, M, 5 * M);
      for (const c of candles) {
        const parts = base.filter((b) => b.openTime >= c.openTime && b.openTime < c.openTime + 5 * M);
        expect(parts).toHaveLength(5);
        expect(c.volume).toBe(sum(parts.map((p) => p.volume)));
        expect(c.high).toBe(parts.reduce<Fixed>((h, p) => max(h, p.high), parts[0]?.high as Fixed));
      }
      const all = [...candles.map((c) => c.openTime), ...incomplete].sort((a, b) => a - b);
      expect(all).toEqual([...new Set(base.map((b) => b.openTime - (b.openTime % (5 * M))))]);
    }),
  );
});

it("refuses a target that is no multiple", () => {
  expect(() => resample([], 2 * M, 3 * M)).toThrowError(expect.objectContaining({ code: "INVALID_INTERVAL" }));
});
