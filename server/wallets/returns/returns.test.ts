import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS, type Fixed, fixed, fixedInt, roundTo, sum, toText } from "@/server/shared";
import { largestRemainder } from "./largest-remainder";
import { moneyWeightedReturn } from "./money-weighted";
import { recordDrawdown } from "./record-figures";
import { timeWeightedReturn } from "./time-weighted";

const day = (iso: string): number => Date.parse(iso);

describe("time-weighted return", () => {
  // Worked by hand, as the standards teach it: 1,000,000 grows to 1,050,000; 100,000 comes in; 1,150,000 grows to 1,115,500;
  // 50,000 goes out; 1,065,500 ends at 1,100,000. (1.05)(0.97)(1.0323791647...) - 1 = 0.05147818...
  it("is the worked example with a contribution and a withdrawal", () => {
    const flows = [
      { at: 0, flow: fixed("1000000"), equityBefore: fixed("0") },
      { at: 1, flow: fixed("100000"), equityBefore: fixed("1050000") },
      { at: 2, flow: fixed("-50000"), equityBefore: fixed("1115500") },
    ];
    expect(timeWeightedReturn(flows, fixed("1100000"))).toBeCloseTo(1.05 * 0.97 * (1100000 / 1065500) - 1, 12);
    expect(timeWeightedReturn(flows, fixed("1100000"))).toBeCloseTo(0.0514782, 6);
  });

  it("does not see how much money there was: ten times more in the second half changes nothing", () => {
    const with_ = (flow: string) => [
      { at: 0, flow: fixed("100"), equityBefore: fixed("0") },
      { at: 1, flow: fixed(flow), equityBefore: fixed("110") },
    ];
    expect(timeWeightedReturn(with_("890"), fixed("900"))).toBeCloseTo(1.1 * 0.9 - 1, 12);
    expect(timeWeightedReturn(with_("-10"), fixed("90"))).toBeCloseTo(1.1 * 0.9 - 1, 12);
    // The naive one (profit over what was paid in) is far off.
    expect((900 - 990) / 990).not.toBeCloseTo(1.1 * 0.9 - 1, 2);
  });

  it("is unknown while no money was there, and begins anew after a wallet was empty", () => {
    expect(timeWeightedReturn([], fixed("0"))).toBeNull();
    const flows = [
      { at: 0, flow: fixed("100"), equityBefore: fixed("0") },
      { at: 1, flow: fixed("-120"), equityBefore: fixed("120") },
      { at: 2, flow: fixed("50"), equityBefore: fixed("0") },
    ];
    expect(timeWeightedReturn(flows, fixed("55"))).toBeCloseTo(1.2 * 1.1 - 1, 12);
  });
});

describe("money-weighted return", () => {
  // The example of Microsoft's documentation of XIRR, which states 0.373362535; a bisection in Python 3 gives 0.3733625335188.
  it("is the documented example of XIRR", () => {
    const flows = [
      { at: day("2008-01-01"), flow: fixed("10000") },
      { at: day("2008-03-01"), flow: fixed("-2750") },
      { at: day("2008-10-30"), flow: fixed("-4250") },
      { at: day("2009-02-15"), flow: fixed("-3250") },
    ];
    expect(moneyWeightedReturn(flows, fixed("2750"), day("2009-04-01"))).toBeCloseTo(0.373362535, 8);
  });

  it("of one payment is what it grew by a year, gain or loss", () => {
    expect(moneyWeightedReturn([{ at: 0, flow: fixed("100") }], fixed("121"), 730 * DAY_MS)).toBeCloseTo(0.1, 10);
    expect(moneyWeightedReturn([{ at: 0, flow: fixed("100") }], fixed("25"), 365 * DAY_MS)).toBeCloseTo(-0.75, 10);
  });

  it.each([
    ["no money", [], "0", 10],
    ["everything lost", [{ at: 0, flow: fixed("100") }], "0", 10],
    ["no time", [{ at: 10, flow: fixed("100") }], "101", 10],
    // 100 in, 230 out after a year, 132 in after two: 10 % and 20 % both balance.
    [
      "two rates",
      [
        { at: 0, flow: fixed("100") },
        { at: 365 * DAY_MS, flow: fixed("-230") },
        { at: 730 * DAY_MS, flow: fixed("132") },
      ],
      "0",
      730 * DAY_MS,
    ],
  ] as const)("is refused, with the reason: %s", (_name, flows, equity, now) => {
    expect(() => moneyWeightedReturn(flows, fixed(equity), now)).toThrowError(expect.objectContaining({ code: "MONEY_RETURN_UNDEFINED" }));
  });
});

it("the deepest fall of a record leaves out money that came or went", () => {
  const point = (at: number, equity: string, flow = "0") => ({ at, equity: fixed(equity), flow: fixed(flow) });
  expect(recordDrawdown([point(0, "100"), point(1, "120"), point(2, "60", "-30"), point(3, "80")])).toBeCloseTo(1 - 60 / 90, 12);
  expect(recordDrawdown([point(0, "100")])).toBeNull();
});

describe("displayed parts", () => {
  it("sum to the displayed total", () => {
    expect(largestRemainder(["0.333", "0.333", "0.334"].map(fixed), 2).map(toText)).toEqual(["0.33", "0.33", "0.34"]);
    expect(largestRemainder(["-0.005", "-0.005", "0.01"].map(fixed), 2).map(toText)).toEqual(["0", "-0.01", "0.01"]);
    // Each rounded by itself would show 0.99.
    expect(largestRemainder(["0.333333", "0.333333", "0.333333"].map(fixed), 2).map(toText)).toEqual(["0.34", "0.33", "0.33"]);
  });

  it("whatever the parts are, each within one unit of itself", () => {
    const amount = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }).map((x) => x as Fixed);
    fc.assert(
      fc.property(fc.array(amount, { minLength: 1, maxLength: 30 }), fc.constantFrom(0, 2, 8), (parts, decimals) => {
        const shown = largestRemainder(parts, decimals);
        expect(sum(shown)).toBe(roundTo(sum(parts), decimals, "half-even"));
        const unit = fixedInt(1) / 10n ** BigInt(decimals);
        for (const [i, s] of shown.entries()) expect(s - (parts[i] as bigint) <= unit && (parts[i] as bigint) - s <= unit).toBe(true);
      }),
    );
    // Rounding each part by itself does not.
    const parts = ["0.333333", "0.333333", "0.333333"].map(fixed);
    expect(sum(parts.map((p) => roundTo(p, 2, "half-even")))).not.toBe(roundTo(sum(parts), 2, "half-even"));
  });
});
