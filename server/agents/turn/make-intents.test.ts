import { describe, expect, it } from "vitest";
import { fixed, toText, ZERO } from "@/server/shared";
import { SAMPLE_AT, sampleInputs } from "@/server/testing/turn-inputs";
import { holdDecision } from "./hold-decision";
import { intentFromJson, intentToJson } from "./intent-json";
import { judgeDecision } from "./judge-decision";
import { clientOrderIdOf, makeIntents } from "./make-intents";
import type { Decision } from "./types";

const held = [{ symbol: "BTC/USDT", quantity: fixed("0.50000"), averageEntry: fixed("60000"), realisedPnl: ZERO, feesPaid: ZERO }];
const inputs = sampleInputs({ positions: held });
const intentsOf = (change: Partial<Decision>, from = inputs) => {
  const decision: Decision = { ...holdDecision(from, "test"), ...change };
  return makeIntents(from, decision, judgeDecision(from, decision));
};
const limitBuy: Partial<Decision> = { action: "buy", orderType: "limit", limitPrice: "50000.123", size: { unit: "quote", amount: "1000" } };

describe("makeIntents", () => {
  it("rounds the quantity down to whole lots and the price to a tick against the trader", () => {
    const [buy] = intentsOf(limitBuy);
    expect(buy && { price: toText(buy.limitPrice ?? ZERO), quantity: toText(buy.quantity) }).toEqual({ price: "50000.13", quantity: "0.01999" });
    const [sell] = intentsOf({ ...limitBuy, action: "sell", size: { unit: "base", amount: "0.1234567" }, limitPrice: "70000.129" });
    expect(sell && { price: toText(sell.limitPrice ?? ZERO), quantity: toText(sell.quantity), reduceOnly: sell.reduceOnly }).toEqual({
      price: "70000.12",
      quantity: "0.12345",
      reduceOnly: true,
    });
  });

  it("closes with a reduce-only market sell of all that is free", () => {
    const order = {
      clientOrderId: "c",
      symbol: "BTC/USDT",
      side: "sell" as const,
      type: "limit" as const,
      quantity: fixed("0.2"),
      filledQuantity: fixed("0.05"),
      limitPrice: fixed("90000"),
    };
    const [close] = intentsOf({ action: "close" }, sampleInputs({ positions: held, openOrders: [order] }));
    expect(close && [close.side, close.type, toText(close.quantity), close.reduceOnly, close.expiresAt]).toEqual([
      "sell",
      "market",
      "0.35",
      true,
      null,
    ]);
  });

  it("lets limit orders live one trigger interval, or the horizon when there is one, at most thirty days", () => {
    const life = (change: Partial<Decision>, from = inputs) => (intentsOf({ ...limitBuy, ...change }, from)[0]?.expiresAt ?? 0) - SAMPLE_AT;
    expect(life({})).toBe(3_600_000);
    expect(life({ horizonMs: 7_200_000 })).toBe(7_200_000);
    expect(life({ horizonMs: 1e12 })).toBe(30 * 86_400_000);
    expect(life({}, sampleInputs({ config: { trigger: { kind: "manual" }, barInterval: "5m" } }))).toBe(300_000);
  });

  it("gives the same order the same id for ever, and every other one another", () => {
    const [first] = intentsOf(limitBuy);
    expect(first?.clientOrderId).toBe(intentsOf(limitBuy)[0]?.clientOrderId);
    expect(first?.clientOrderId).toBe(clientOrderIdOf(inputs.agentId, inputs.tickId, 0, 0));
    const others = [
      clientOrderIdOf("b", inputs.tickId, 0, 0),
      clientOrderIdOf(inputs.agentId, "s:1", 0, 0),
      clientOrderIdOf(inputs.agentId, inputs.tickId, 1, 0),
      clientOrderIdOf(inputs.agentId, inputs.tickId, 0, 1),
    ];
    expect(new Set([first?.clientOrderId, ...others]).size).toBe(5);
  });

  it("makes no order of a stop loss or take profit yet", () => {
    expect(intentsOf({ ...limitBuy, stopLoss: "40000", takeProfit: "90000" })).toEqual(intentsOf(limitBuy));
  });

  it("goes through JSON and back unchanged", () => {
    for (const intent of [...intentsOf(limitBuy), ...intentsOf({ action: "close" })]) {
      expect(intentFromJson(JSON.parse(JSON.stringify(intentToJson(intent))))).toEqual(intent);
    }
  });
});
