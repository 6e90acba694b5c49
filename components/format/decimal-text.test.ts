import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatFigure, formatMoney, percentOf, scaled, sumText, unscaled } from "./decimal-text";
import { durationWords, shortDuration, utcDateTime } from "./time-text";

describe("decimal text", () => {
  it("survives the round trip exactly", () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 36n), max: 10n ** 36n }), (v) => scaled(unscaled(v)) === v));
  });

  it("groups, rounds and signs", () => {
    expect(formatFigure("12000")).toBe("12,000");
    expect(formatFigure("0.241840", { max: 6 })).toBe("0.24184");
    expect(formatMoney("-1.635", true)).toBe("−1.64");
    expect(formatMoney("40.8", true)).toBe("+40.80");
    expect(formatMoney("-0.001", true)).toBe("0.00");
    expect(formatFigure("1234567.5", { max: 0 })).toBe("1,234,568");
    expect(sumText(["0.1", "0.2"])).toBe("0.3");
  });

  it("gives shares between 0 and 100", () => {
    expect(percentOf("25", "100")).toBe(25);
    expect(percentOf("250", "100")).toBe(100);
    expect(percentOf("1", "0")).toBe(0);
  });
});

describe("time text", () => {
  it("is UTC and in words", () => {
    expect(utcDateTime(1_763_631_000_000)).toBe("20 Nov 2025 09:30:00 UTC");
    expect(durationWords(4 * 3_600_000)).toBe("four hours");
    expect(durationWords(60_000)).toBe("one minute");
    expect(shortDuration(240_000)).toBe("4 min");
  });
});
