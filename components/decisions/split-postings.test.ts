import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { unscaled } from "@/components/format/decimal-text";
import { splitPostings } from "./split-postings";

const posting = (amount: string, currency = "USDT") => ({ transactionId: "t", kind: "fill", account: "Doge Pulse · cash", currency, amount });

describe("splitPostings", () => {
  it("puts positive amounts under debit and negative ones under credit, without signs", () => {
    const { lines, totals, balanced } = splitPostings([posting("10.5"), posting("-10.5"), posting("3", "DOGE"), posting("-3", "DOGE")]);
    expect(lines.map((l) => [l.debit, l.credit])).toEqual([
      ["10.5", null],
      [null, "10.5"],
      ["3", null],
      [null, "3"],
    ]);
    expect(totals.map((t) => [t.currency, t.debit, t.credit])).toEqual([
      ["USDT", "10.5", "10.5"],
      ["DOGE", "3", "3"],
    ]);
    expect(balanced).toBe(true);
  });

  it("is balanced exactly when every currency is, to the last of 18 decimals", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 1n, max: 10n ** 30n }), { minLength: 1 }), fc.bigInt({ min: 0n, max: 5n }), (amounts, off) => {
        const total = amounts.reduce((a, b) => a + b, 0n);
        const both = [...amounts.map((a) => posting(unscaled(a))), posting(unscaled(-(total + off)))];
        expect(splitPostings(both).balanced).toBe(off === 0n);
      }),
    );
  });

  it("does not let one currency balance another", () => {
    expect(splitPostings([posting("5"), posting("-5", "DOGE")]).balanced).toBe(false);
  });
});
