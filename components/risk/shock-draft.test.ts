import { expect, it } from "vitest";
import { EMPTY_SHOCK, toShock } from "./shock-draft";

it.each([
  [
    { ...EMPTY_SHOCK, size: "−30" },
    { kind: "price", change: -0.3 },
  ],
  [
    { ...EMPTY_SHOCK, size: "12,5", symbols: "btc/usdt, eth/usdt" },
    { kind: "price", change: 0.125, symbols: ["BTC/USDT", "ETH/USDT"] },
  ],
  [
    { ...EMPTY_SHOCK, kind: "volatility" as const, size: "2" },
    { kind: "volatility", factor: 2, confidence: 0.95, steps: 1 },
  ],
  [
    { ...EMPTY_SHOCK, kind: "depeg" as const, size: "0.9", currency: " usdt" },
    { kind: "depeg", currency: "USDT", price: 0.9 },
  ],
  [
    { ...EMPTY_SHOCK, kind: "venue-down" as const, size: "50" },
    { kind: "venue-down", venue: "Paper venue", change: 0, recovery: 0.5 },
  ],
])("a scenario as typed is what the API stores: %j", (draft, shock) => {
  expect(toShock(draft, "Paper venue", 0.95)).toEqual(shock);
});

it("what is no number is passed on to be refused, never taken for zero", () => {
  expect(toShock({ ...EMPTY_SHOCK, size: "much" }, "Paper", 0.95)).toEqual({ kind: "price", change: Number.NaN });
});
