import fc from "fast-check";
import { expect, it } from "vitest";
import { toText } from "@/server/shared";
import { venueDecimal } from "./venue-decimal";

it.each([
  ["0.02501300", "0.025013"],
  ["97000.01", "97000.01"],
  ["1e-8", "0.00000001"],
  ["1.5E3", "1500"],
  ["12345678901234567890.123456789012345678", "12345678901234567890.123456789012345678"],
  ["0.1000000000000000000000", "0.1"],
  ["000.50", "0.5"],
  [".5", "0.5"],
  ["-2.50", "-2.5"],
  [1e-7, "0.0000001"],
  [0.1, "0.1"],
  [1e21, null],
])("reads %o as %s", (sent, expected) => {
  if (expected === null) expect(() => venueDecimal(sent)).toThrowError(expect.objectContaining({ code: "INVALID_DECIMAL" }));
  else expect(toText(venueDecimal(sent))).toBe(expected);
});

it.each(["", "NaN", "1,5", "0x10", ".", null, undefined, Number.NaN, {}, "0.0000000000000000001"])("refuses %o", (sent) => {
  expect(() => venueDecimal(sent)).toThrowError(expect.objectContaining({ code: "INVALID_DECIMAL" }));
});

it("gives back every decimal of up to 38 digits, with and without exponent", () => {
  const decimal = fc.tuple(fc.bigInt(0n, 10n ** 20n - 1n), fc.bigInt(0n, 10n ** 18n - 1n));
  fc.assert(
    fc.property(decimal, ([whole, part]) => {
      const text = `${whole}.${part.toString().padStart(18, "0")}`;
      const plain = text.includes(".") ? text.replace(/\.?0+$/, "") : text;
      expect(toText(venueDecimal(text))).toBe(plain);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 12n), fc.integer({ min: 0, max: 6 }), (n, shift) => {
      expect(venueDecimal(`${n}e-${shift}`)).toBe(BigInt(n) * 10n ** BigInt(18 - shift));
      expect(venueDecimal(`${n}e${shift}`)).toBe(BigInt(n) * 10n ** BigInt(18 + shift));
    }),
  );
});
