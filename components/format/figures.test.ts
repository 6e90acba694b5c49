import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDecimal, formatFigure, formatPercent, shift, signOf } from "./decimal-text";

const decimalText = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 18n }), fc.stringMatching(/^\d{0,18}$/))
  .map(([neg, whole, frac]) => `${neg ? "-" : ""}${whole}${frac ? `.${frac}` : ""}`);

describe("exact formatting", () => {
  it("groups, rounds and signs", () => {
    expect(formatDecimal("26069.04", 2)).toBe("26,069.04");
    expect(formatDecimal("-1.645", 2)).toBe("−1.65");
    expect(formatDecimal("-0.001", 2)).toBe("0.00");
    expect(formatDecimal("999.999", 2)).toBe("1,000.00");
    expect(formatPercent("0.1404")).toBe("14.04 %");
    expect(formatPercent("-0.00684326")).toBe("−0.68 %");
    expect(formatFigure("8660.000")).toBe("8,660");
    expect(formatFigure("0.24184")).toBe("0.24184");
    expect(shift("0.5", 2)).toBe("50");
  });

  it("is never further from the value than half of the last digit", () => {
    fc.assert(
      fc.property(decimalText, fc.integer({ min: 0, max: 8 }), (text, decimals) => {
        const raw = (t: string) => {
          const [w = "0", f = ""] = t.replace("-", "").split(".");
          const v = BigInt(w) * 10n ** 18n + BigInt(f.padEnd(18, "0") || "0");
          return t.startsWith("-") ? -v : v;
        };
        const shown = raw(formatDecimal(text, decimals).replaceAll(",", "").replace("−", "-"));
        const gap = shown - raw(text);
        expect((gap < 0n ? -gap : gap) * 2n).toBeLessThanOrEqual(10n ** BigInt(18 - decimals));
      }),
    );
  });

  it("agrees with the sign it shows", () => {
    fc.assert(
      fc.property(decimalText, (text) => {
        const shown = formatDecimal(text, 2);
        expect(signOf(text, 2)).toBe(shown.startsWith("−") ? -1 : /[1-9]/.test(shown) ? 1 : 0);
      }),
    );
  });
});
