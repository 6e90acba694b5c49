import { describe, expect, it } from "vitest";
import { drawBlocks } from "@/server/risk";
import { seededRandom } from "@/server/shared";
import { normals } from "@/server/testing/evidence-agents";
import { equityBand } from "./block-bootstrap";

const codeOf = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "no error";
};
const normal = normals(9);
const returns = Array.from({ length: 300 }, () => 0.001 + 0.02 * normal());

describe("drawing blocks", () => {
  const draw = (kind: "stationary" | "circular", block: number) => {
    const order = new Int32Array(60_000);
    drawBlocks(order, 100, block, kind, seededRandom(4));
    return order;
  };
  const breaks = (order: Int32Array) => order.reduce((n, place, i) => (i > 0 && place !== ((order[i - 1] as number) + 1) % 100 ? n + 1 : n), 0);
  it("draws every place about as often, at the ends as well, since blocks wrap around", () => {
    for (const kind of ["stationary", "circular"] as const) {
      const seen = new Float64Array(100);
      for (const place of draw(kind, 10)) seen[place] = (seen[place] as number) + 1;
      expect(Math.min(...seen)).toBeGreaterThan(400);
      expect(Math.max(...seen)).toBeLessThan(800);
    }
  });
  it("breaks every `block` places in the circular one, at random but as often in the stationary one", () => {
    // A fresh block begins by chance where the last one would have gone on once in a hundred.
    expect(breaks(draw("circular", 10))).toBeGreaterThan(5850);
    expect(breaks(draw("circular", 10))).toBeLessThan(6000);
    expect(breaks(draw("stationary", 10))).toBeGreaterThan(5600);
    expect(breaks(draw("stationary", 10))).toBeLessThan(6300);
  });
});

describe("band of equity", () => {
  const band = (kind: "stationary" | "circular" = "stationary") => equityBand(returns, 0.9, { kind, paths: 2000, seed: 1 });
  it("starts at 1, is ordered, and is the same for the same seed", () => {
    const one = band();
    expect([one.low[0], one.middle[0], one.high[0]]).toEqual([1, 1, 1]);
    for (const [i, low] of one.low.entries()) {
      expect(low).toBeLessThanOrEqual(one.middle[i] as number);
      expect(one.middle[i] as number).toBeLessThanOrEqual(one.high[i] as number);
    }
    expect(band()).toEqual(one);
    expect(one.places.at(-1)).toBe(300);
  });
  it.each(["stationary", "circular"] as const)("agrees with the normal law for independent returns (%s)", (kind) => {
    const long = Array.from({ length: 3000 }, () => 0.005 * normal());
    const { low, high } = equityBand(long, 0.9, { kind, paths: 1000, seed: 1 });
    const width = Math.log(high.at(-1) as number) - Math.log(low.at(-1) as number);
    expect(width / (2 * 1.645 * 0.005 * Math.sqrt(3000))).toBeGreaterThan(0.8);
    expect(width / (2 * 1.645 * 0.005 * Math.sqrt(3000))).toBeLessThan(1.2);
  });
  it("is wider for returns that follow each other, which single draws would not see", () => {
    let x = 0;
    const dependent = Array.from({ length: 300 }, () => (x = 0.7 * x + 0.01 * normal()));
    const width = (block: number) => {
      const { low, high } = equityBand(dependent, 0.9, { kind: "stationary", block, paths: 1000, seed: 2 });
      return Math.log((high.at(-1) as number) / (low.at(-1) as number));
    };
    expect(width(12)).toBeGreaterThan(1.4 * width(1));
  });
  it("holds the measured Sharpe ratio inside its interval, and names none for a series that does not move", () => {
    const { sharpe } = band();
    expect(sharpe?.low).toBeLessThan(0.1);
    expect(sharpe?.high).toBeGreaterThan(0);
    const still = equityBand(new Float64Array(50), 0.9, { kind: "circular", paths: 100, seed: 1 });
    expect(still.sharpe).toBeNull();
    expect(still.high.at(-1)).toBe(1);
  });
  it.each([
    [{ kind: "stationary" as const, paths: 10, seed: 1 }, 0.9],
    [{ kind: "circular" as const, block: 2.5, paths: 100, seed: 1 }, 0.9],
    [{ kind: "stationary" as const, block: 0, paths: 100, seed: 1 }, 0.9],
    [{ kind: "stationary" as const, block: 301, paths: 100, seed: 1 }, 0.9],
    [{ kind: "stationary" as const, paths: 100, seed: 1 }, 1],
  ])("refuses %j at level %f", (options, level) => {
    expect(codeOf(() => equityBand(returns, level, options))).toBe("INVALID_BOOTSTRAP");
  });
  it("refuses too few returns and NaN", () => {
    const options = { kind: "stationary" as const, paths: 100, seed: 1 };
    expect(codeOf(() => equityBand([0.1, 0.2], 0.9, options))).toBe("TOO_FEW_RETURNS");
    expect(codeOf(() => equityBand([...returns, Number.NaN], 0.9, options))).toBe("NOT_A_NUMBER");
  });
});
