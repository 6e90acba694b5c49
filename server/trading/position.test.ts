import fc from "fast-check";
import { expect, it } from "vitest";
import { abs, add, type Fixed, fixed, fixedInt, mul, sub, ZERO } from "@/server/shared";
import { applyFill, emptyPosition } from "./position";

const fill = (side: "buy" | "sell", quantity: string, price: string, fee = "0") => ({
  symbol: "A/B",
  side,
  quantity: fixed(quantity),
  price: fixed(price),
  fee: fixed(fee),
});

it("averages buys and realises sells, fees apart", () => {
  const bought = applyFill(applyFill(emptyPosition("A/B"), fill("buy", "1", "100", "0.1")), fill("buy", "3", "120", "0.36"));
  expect(bought).toMatchObject({ quantity: fixed("4"), averageEntry: fixed("115"), feesPaid: fixed("0.46") });
  const sold = applyFill(bought, fill("sell", "4", "116", "0.5"));
  expect(sold).toMatchObject({ quantity: ZERO, averageEntry: ZERO, realisedPnl: fixed("4"), feesPaid: fixed("0.96") });
});

it("never goes short", () => {
  expect(() => applyFill(emptyPosition("A/B"), fill("sell", "1", "1"))).toThrowError(expect.objectContaining({ code: "POSITION_WOULD_GO_NEGATIVE" }));
  expect(() => applyFill(emptyPosition("C/D"), fill("buy", "1", "1"))).toThrowError(expect.objectContaining({ code: "SYMBOL_MISMATCH" }));
});

it("realised P&L plus book value always equals what was paid and got (to rounding)", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 100_000 })), { maxLength: 30 }),
      (steps) => {
        let position = emptyPosition("A/B");
        let cash: Fixed = ZERO;
        for (const [buy, q, p] of steps) {
          const quantity = fixedInt(q);
          if (!buy && quantity > position.quantity) continue;
          position = applyFill(position, { symbol: "A/B", side: buy ? "buy" : "sell", quantity, price: fixedInt(p), fee: ZERO });
          cash = buy ? sub(cash, fixedInt(q * p)) : add(cash, fixedInt(q * p));
        }
        const book = mul(position.quantity, position.averageEntry, "half-even");
        expect(abs(sub(sub(position.realisedPnl, book), cash))).toBeLessThan(fixed("0.000000000001"));
      },
    ),
  );
});
