import { describe, expect, it } from "vitest";
import { correlationMatrix } from "@/server/risk";
import { seededRandom } from "@/server/shared";
import { returnCorrelation } from "./return-correlation";
import type { Window } from "./window-hash";

const HOUR = 3_600_000;
const windowOf = (closes: readonly number[], from = 0): Window => closes.map((c, i) => [(from + i) * HOUR, "1", "1", "1", String(c), "1"]);
const walk = (seed: number, count: number): number[] => {
  const random = seededRandom(seed);
  let price = 100;
  return Array.from({ length: count }, () => {
    price *= 1 + (random() - 0.5) * 0.02;
    return price;
  });
};
const returns = (closes: readonly number[]): Float64Array => Float64Array.from(closes.slice(1), (c, i) => c / (closes[i] as number) - 1);

describe("correlation of two windows", () => {
  it("is the Pearson correlation of their returns, as the portfolio's own", () => {
    const [a, b] = [walk(1, 200), walk(2, 200)];
    const mixed = a.map((x, i) => x + (b[i] as number));
    const columns = [returns(a), returns(mixed)];
    const known = correlationMatrix({ symbols: ["a", "b"], count: 199, columns }).values[0]?.[1] as number;
    expect(returnCorrelation(windowOf(a), windowOf(mixed))).toBeCloseTo(known, 12);
    expect(known).toBeGreaterThan(0.3);
  });
  it("compares the bars that both have", () => {
    const a = walk(3, 100);
    expect(returnCorrelation(windowOf(a), windowOf(a.slice(40), 40))).toBeCloseTo(1, 12);
    expect(returnCorrelation(windowOf(a), windowOf(a.map((x) => 1 / x)))).toBeLessThan(-0.99);
  });
  it("is not known from fewer than thirty common returns, nor where one never moved", () => {
    const a = walk(3, 100);
    expect(returnCorrelation(windowOf(a.slice(0, 31)), windowOf(a.slice(0, 31)))).toBeCloseTo(1, 12);
    expect(returnCorrelation(windowOf(a.slice(0, 30)), windowOf(a.slice(0, 30)))).toBeNull();
    expect(returnCorrelation(windowOf(a), windowOf(a, 500))).toBeNull();
    expect(returnCorrelation(windowOf(a), windowOf(a.map(() => 7)))).toBeNull();
  });
});
