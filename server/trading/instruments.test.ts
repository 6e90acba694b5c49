import { expect, it } from "vitest";
import { fixed, toText } from "@/server/shared";
import { instrumentFor } from "./instruments";

it("knows the venue rules of the big symbols", () => {
  expect(instrumentFor("BTC/USDT", null)).toMatchObject({
    base: "BTC",
    quote: "USDT",
    tickSize: fixed("0.01"),
    lotSize: fixed("0.00001"),
    minNotional: fixed("5"),
  });
});

it("takes the finer tick where files are finer than today's rule", () => {
  expect(toText(instrumentFor("DOGE/USDT", { priceDecimals: 7, priceHint: 0.002 }).tickSize)).toBe("0.0000001");
  expect(toText(instrumentFor("BTC/USDT", { priceDecimals: 1, priceHint: 60_000 }).tickSize)).toBe("0.01");
});

it.each([
  [{ priceDecimals: 4, priceHint: 0.25 }, "0.0001", "0.1"],
  [{ priceDecimals: 2, priceHint: 310 }, "0.01", "0.0001"],
  [{ priceDecimals: 8, priceHint: 0.00001 }, "0.00000001", "1"],
  [{ priceDecimals: 0, priceHint: 90_000 }, "1", "0.000001"],
])("derives tick and lot from %o", (seen, tick, lot) => {
  const i = instrumentFor("ABC/USDT", seen);
  expect([toText(i.tickSize), toText(i.lotSize)]).toEqual([tick, lot]);
});

it.each(["BTCUSDT", "btc/usdt", "/USDT", "A/B/C", ""])("refuses the symbol %s", (symbol) => {
  expect(() => instrumentFor(symbol, null)).toThrowError(expect.objectContaining({ code: "INVALID_SYMBOL" }));
});
