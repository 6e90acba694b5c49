import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { atr, bollinger, ema, rsi, sma } from "./indicators";

const root = path.resolve(import.meta.dirname, "../..", process.env.SHARED_DATA ?? "../shared/data");
const reference = path.join(root, "reference/indicators_ttr_btc1h.json");
const candles = path.join(root, "candles/spot-1h/binance_BTCUSDT_1h.csv.gz");
const present = existsSync(reference) && existsSync(candles);

describe("indicators by hand", () => {
  it("seeds the EMA with the simple average of the first values", () => {
    expect([...ema([1, 2, 3, 4, 5], 3)]).toEqual([Number.NaN, Number.NaN, 2, 3, 4]);
  });
  it("gives NaN until there are enough values, for every indicator", () => {
    expect([...sma([1, 2], 3)]).toEqual([Number.NaN, Number.NaN]);
    expect([...rsi([1, 2, 3], 3)]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect([...atr([2], [1], [1], 2)]).toEqual([Number.NaN]);
    expect([...bollinger([1, 2], 3, 2).lower]).toEqual([Number.NaN, Number.NaN]);
  });
  it("calls a market that never moves neutral, and one that only rises 100", () => {
    expect(rsi([5, 5, 5, 5], 3).at(-1)).toBe(50);
    expect(rsi([1, 2, 3, 4], 3).at(-1)).toBe(100);
  });
});

describe.skipIf(!present)(`indicators against R TTR (${present ? "reference found" : "SKIPPED: no reference data in SHARED_DATA"})`, () => {
  const load = () => {
    const want = JSON.parse(readFileSync(reference, "utf8")) as Record<string, (number | null)[]>;
    const rows = gunzipSync(readFileSync(candles))
      .toString("utf8")
      .trim()
      .split("\n")
      .map((l) => l.split(",").map(Number));
    const data = rows.filter((r) => Number.isFinite(r[0]));
    const column = (i: number): number[] => data.map((r) => r[i] as number);
    return { want, high: column(2), low: column(3), close: column(4) };
  };
  const compare = (got: ArrayLike<number>, index: readonly (number | null)[], want: readonly (number | null)[]) => {
    let compared = 0;
    want.forEach((w, i) => {
      const at = (index[i] as number) - 1;
      if (w === null || w === undefined) {
        expect(got[at]).toBeNaN();
        return;
      }
      expect(Math.abs((got[at] as number) - w) / Math.abs(w)).toBeLessThan(1e-10);
      compared++;
    });
    expect(compared).toBeGreaterThan(5);
  };
  it("agrees on RSI, EMA, SMA, ATR and the Bollinger bands", () => {
    const { want, high, low, close } = load();
    const index = want.index as number[];
    const bands = bollinger(close, 20, 2);
    compare(rsi(close, 14), index, want.rsi14 as number[]);
    compare(ema(close, 20), index, want.ema20 as number[]);
    compare(sma(close, 50), index, want.sma50 as number[]);
    compare(bands.lower, index, want.bb_dn as number[]);
    compare(bands.middle, index, want.bb_mavg as number[]);
    compare(bands.upper, index, want.bb_up as number[]);
    // TTR's true range starts at the second bar (the first has no close before it), so its average does too.
    compare(atr(high, low, close, 14), index, want.atr14 as number[]);
  });
});
