import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { add, fixed, fixedInt, sub } from "@/server/shared";
import { DEFAULT_BREAKERS } from "./breakers";
import { divergenceFigure, drawdownFigure, failureFigure, staleFigure, volatilityFigure, worstFigure } from "./figures";
import { breakersOf, checkThreshold, NO_STORED_BREAKERS, parseStoredBreakers } from "./parse-breaker-settings";

const MIN = 60_000;

describe("drawdown", () => {
  it("is the fall from the high as a share of the equity at it", () => {
    // Made 100 at best, 40 now: 1,040 of what would be 1,100.
    expect(drawdownFigure({ equity: fixed("1040"), profit: fixed("40"), high: fixed("100") }).value).toBe("0.054545454545454545");
    expect(drawdownFigure({ equity: fixed("1100"), profit: fixed("100"), high: fixed("90") }).value).toBe("0");
    expect(drawdownFigure({ equity: fixed("1100"), profit: fixed("100"), high: null }).value).toBe("0");
  });

  it("does not move when money is put in or taken out, but for the base", () => {
    const amount = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(
        amount,
        fc.integer({ min: -1_000, max: 1_000 }),
        fc.integer({ min: -1_000, max: 1_000 }),
        amount,
        (capital, profit, high, moved) => {
          const at = (flows: number) => ({ equity: add(fixedInt(flows), fixedInt(profit)), profit: fixedInt(profit), high: fixedInt(high) });
          const fall = sub(fixedInt(Math.max(high, profit)), fixedInt(profit));
          for (const flows of [capital + 2_000, capital + moved + 2_000]) {
            const { value } = drawdownFigure(at(flows));
            expect(value === "0").toBe(fall === 0n);
          }
        },
      ),
    );
  });

  it("is unknown without money", () => {
    expect(drawdownFigure({ equity: fixed("0"), profit: fixed("0"), high: null })).toEqual({
      value: null,
      note: "there is no money in it",
      symbol: null,
    });
  });
});

describe("of a market", () => {
  it("volatility is that of a day, and needs ten returns", () => {
    // Hourly moves of ln 1.01 up and down: √24 × 0.00995…
    const closes = Array.from({ length: 25 }, (_, i) => fixed(i % 2 === 0 ? "100" : "101"));
    expect(Number(volatilityFigure("A/B", closes, 60 * MIN).value)).toBeCloseTo(Math.sqrt(24) * Math.log(1.01), 8);
    expect(volatilityFigure("A/B", closes.slice(0, 10), MIN)).toMatchObject({ value: null, note: "A/B: 9 returns in the window, 10 are needed" });
  });

  it("divergence compares the dearest with the cheapest venue, and needs two", () => {
    const two = [
      { venue: "x", price: fixed("101") },
      { venue: "y", price: fixed("100") },
    ];
    expect(divergenceFigure("A/B", [...two, { venue: "z", price: fixed("100.5") }]).value).toBe("0.01");
    expect(divergenceFigure("A/B", two.slice(0, 1)).note).toBe("A/B: its price is known from x alone, so there is nothing to compare");
    expect(divergenceFigure("A/B", [])).toMatchObject({ value: null, note: "A/B does not come from a venue, so there is nothing to compare" });
    expect(divergenceFigure("A/B", [two[0] as never, { venue: "y", price: fixed("0") }]).note).toBe("A/B: y gives no price above zero");
  });

  it("age is counted in bars, at most the window, which no price at all counts as", () => {
    expect(staleFigure("A/B", 0, 10 * MIN, 5 * MIN, 60 * MIN).value).toBe("2");
    expect(staleFigure("A/B", 0, 1_000 * MIN, 5 * MIN, 60 * MIN).value).toBe("12");
    expect(staleFigure("A/B", null, 1_000 * MIN, 5 * MIN, 60 * MIN).value).toBe("12");
    expect(staleFigure("A/B", 2 * MIN, MIN, MIN, 60 * MIN).value).toBe("0");
  });
});

it("a failure rate needs four decisions", () => {
  expect(failureFigure({ failed: 2, all: 4 }).value).toBe("0.5");
  expect(failureFigure({ failed: 3, all: 3 })).toMatchObject({ value: null, note: "3 model decisions in the window, 4 are needed" });
});

it("the worst of several figures is the highest known one", () => {
  const of = (value: string | null) => ({ value, note: value === null ? "no" : null, symbol: null });
  expect(worstFigure([of(null), of("0.2"), of("1.1"), of("0.9")])?.value).toBe("1.1");
  expect(worstFigure([of(null), of(null)])?.value).toBeNull();
  expect(worstFigure([])).toBeNull();
});

describe("settings", () => {
  const drawdown = { ...DEFAULT_BREAKERS.drawdown, threshold: "0.05" };

  it("are an agent's own, else the workspace's, else the defaults", () => {
    const stored = { workspace: { drawdown }, agents: { a: { drawdown: { ...drawdown, threshold: "0.5" } } } };
    expect(breakersOf(stored, "a").drawdown.threshold).toBe("0.5");
    expect(breakersOf(stored, "b").drawdown.threshold).toBe("0.05");
    expect(breakersOf(stored, null).volatility).toEqual(DEFAULT_BREAKERS.volatility);
    expect(breakersOf(NO_STORED_BREAKERS, "__proto__")).toEqual(DEFAULT_BREAKERS);
  });

  it.each([
    [{ workspace: { drawdown: { ...drawdown, window: 1 } }, agents: {} }, "INVALID_BREAKERS"],
    [{ workspace: { doom: drawdown }, agents: {} }, "INVALID_BREAKERS"],
    [{ workspace: { drawdown: { ...drawdown, windowMs: 0 } }, agents: {} }, "INVALID_BREAKERS"],
    [{ workspace: { drawdown: { ...drawdown, upTo: "sell" } }, agents: {} }, "INVALID_BREAKERS"],
    [{ workspace: { drawdown: { ...drawdown, threshold: "0" } }, agents: {} }, "INVALID_THRESHOLD"],
    [{ workspace: { drawdown: { ...drawdown, threshold: "1.01" } }, agents: {} }, "INVALID_THRESHOLD"],
    [{ workspace: {}, agents: { a: { drawdown: { ...drawdown, threshold: "1e-1" } } } }, "INVALID_THRESHOLD"],
    [{ workspace: {}, agents: { a: { drawdown: { ...drawdown, threshold: "NaN" } } } }, "INVALID_THRESHOLD"],
    [null, "INVALID_BREAKERS"],
  ])("that mean nothing are refused: %j", (value, code) => {
    expect(() => parseStoredBreakers(value)).toThrow(expect.objectContaining({ code }));
  });

  it("defaults are within their own bounds", () => {
    for (const [kind, setting] of Object.entries(DEFAULT_BREAKERS)) expect(checkThreshold(kind as "drawdown", setting)).toBe(setting);
  });
});
