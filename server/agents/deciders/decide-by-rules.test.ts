import { describe, expect, it } from "vitest";
import type { Candle } from "@/server/market";
import { fixed, ZERO } from "@/server/shared";
import { SAMPLE_AT, sampleInputs } from "@/server/testing/turn-inputs";
import type { AgentConfig } from "../types";
import { decideByRules } from "./decide-by-rules";
import { parseRuleParams, RULE_CATALOG } from "./rule-catalog";

const HOUR = 3_600_000;
/** Bars that close at the given prices, with a small range around them. */
const barsOf = (closes: readonly number[]): Candle[] =>
  closes.map((close, i) => {
    const open = closes[i - 1] ?? close;
    const at = SAMPLE_AT - (closes.length - i) * HOUR;
    const text = (n: number) => fixed(n.toFixed(2));
    return {
      openTime: at,
      open: text(open),
      high: text(Math.max(open, close) + 1),
      low: text(Math.min(open, close) - 1),
      close: text(close),
      volume: fixed("10"),
    };
  });
const flat = (count: number, price = 1000): number[] => Array.from({ length: count }, (_, i) => price + (i % 2));
const rules = (
  ruleSet: AgentConfig["decider"] extends infer D ? (D extends { ruleSet: infer R } ? R : never) : never,
  params = {},
): AgentConfig["decider"] => ({
  kind: "rules",
  ruleSet,
  params,
});
const position = (symbol: string, quantity: string, averageEntry = "1000") => ({
  symbol,
  quantity: fixed(quantity),
  averageEntry: fixed(averageEntry),
  realisedPnl: ZERO,
  feesPaid: ZERO,
});
type Held = ReturnType<typeof position>[];
const decide = (decider: AgentConfig["decider"], closes: readonly number[], positions: Held = []) =>
  decideByRules(sampleInputs({ config: { decider }, candles: { "BTC/USDT": barsOf(closes) }, positions }));

const rising = [...flat(80), ...Array.from({ length: 12 }, (_, i) => 1000 + i * 8)];
const falling = [...flat(80, 1100), ...Array.from({ length: 12 }, (_, i) => 1100 - i * 8)];

describe("trend following", () => {
  it("buys a share of equity in a rising market, and says which averages and by how much", () => {
    const decision = decide(rules("trend-follow", { sizePercent: 25 }), rising);
    expect(decision).toMatchObject({ action: "buy", size: { unit: "quote", amount: "2500" }, orderType: "market" });
    expect(decision.reasoning).toMatch(/BTC\/USDT: EMA 12 \(\d+\.\d\d\) crossed above EMA 48 \(\d+\.\d\d\) \d+ bars ago and leads by \d\.\d\d ATR/);
  });
  it("does not buy again what it holds, and closes when the trend turns", () => {
    expect(decide(rules("trend-follow"), rising, [position("BTC/USDT", "1")]).action).toBe("hold");
    expect(decide(rules("trend-follow"), falling, [position("BTC/USDT", "1")])).toMatchObject({ action: "close", symbol: "BTC/USDT" });
    expect(decide(rules("trend-follow"), falling).action).toBe("hold");
  });
  it("takes dust that cannot be sold for no position", () => {
    expect(decide(rules("trend-follow"), rising, [position("BTC/USDT", "0.00001")]).action).toBe("buy");
    expect(decide(rules("trend-follow"), falling, [position("BTC/USDT", "0.00001")]).action).toBe("hold");
  });
});

describe("mean reversion", () => {
  const dip = [...flat(60), 980, 950, 920];
  it("buys a deep dip and sells at the middle band", () => {
    expect(decide(rules("mean-revert"), dip)).toMatchObject({ action: "buy" });
    expect(decide(rules("mean-revert"), dip, [position("BTC/USDT", "1", "920")]).action).toBe("hold");
    expect(decide(rules("mean-revert"), [...dip, 1005], [position("BTC/USDT", "1", "920")])).toMatchObject({ action: "close" });
  });
  it("gives up when it falls on", () => {
    const decision = decide(rules("mean-revert", { stopAtr: 1 }), [...dip, 850], [position("BTC/USDT", "1", "1000")]);
    expect(decision).toMatchObject({ action: "close" });
    expect(decision.reasoning).toContain("below the entry");
  });
});

describe("breakout", () => {
  it("buys above the channel and closes below the shorter one", () => {
    expect(decide(rules("breakout"), [...flat(60), 1010])).toMatchObject({ action: "buy" });
    expect(decide(rules("breakout"), [...flat(60), 1001]).action).toBe("hold");
    expect(decide(rules("breakout"), [...flat(60), 990], [position("BTC/USDT", "1")])).toMatchObject({ action: "close" });
  });
});

describe("every rule set", () => {
  it.each(RULE_CATALOG.map((r) => r.id))("%s holds, with a reason, when there are too few bars, and says that it reads no text", (id) => {
    const decision = decide(rules(id), [1000, 1001, 1002]);
    expect(decision.action).toBe("hold");
    expect(decision.reasoning.length).toBeGreaterThan(10);
    expect(RULE_CATALOG.find((r) => r.id === id)?.description).toContain("does not read the strategy text");
  });
  it("waits while an order is open", () => {
    const order = {
      clientOrderId: "c",
      symbol: "BTC/USDT",
      side: "buy" as const,
      type: "limit" as const,
      quantity: fixed("1"),
      filledQuantity: ZERO,
      limitPrice: fixed("900"),
    };
    const inputs = sampleInputs({ candles: { "BTC/USDT": barsOf(rising) }, openOrders: [order] });
    expect(decideByRules(inputs)).toMatchObject({ action: "hold", reasoning: expect.stringContaining("still open") });
  });
  it("exits one symbol before it enters another, and still sells a symbol taken off the agent's list", () => {
    const inputs = sampleInputs({
      config: { symbols: ["BTC/USDT"] },
      candles: { "BTC/USDT": barsOf(rising), "ETH/USDT": barsOf(falling) },
      instruments: ["BTC/USDT", "ETH/USDT"].map((symbol) => ({ ...instrument, symbol })),
      positions: [position("ETH/USDT", "1", "1100")],
    });
    expect(decideByRules(inputs)).toMatchObject({ action: "close", symbol: "ETH/USDT" });
  });
});
const instrument = {
  base: "X",
  quote: "USDT",
  tickSize: fixed("0.01"),
  lotSize: fixed("0.001"),
  minQuantity: fixed("0.001"),
  maxQuantity: fixed("1000"),
  minNotional: fixed("5"),
  makerFee: ZERO,
  takerFee: ZERO,
};

describe("rule parameters", () => {
  const failure = (ruleSet: string, params: Record<string, number>) => {
    try {
      parseRuleParams(ruleSet, params);
    } catch (error) {
      const { code, details } = error as { code: string; details: { field?: string } };
      return `${code} ${details.field}`;
    }
    return null;
  };
  it("fills in defaults that are within their own bounds", () => {
    for (const info of RULE_CATALOG) expect(Object.keys(parseRuleParams(info.id, {}))).toEqual(info.params.map((p) => p.name));
  });
  it.each([
    ["trend-follow", { speed: 3 }, "UNKNOWN_RULE_PARAMETER decider.params.speed"],
    ["hold", { fast: 3 }, "UNKNOWN_RULE_PARAMETER decider.params.fast"],
    ["trend-follow", { fast: 1 }, "RULE_PARAMETER_OUT_OF_RANGE decider.params.fast"],
    ["trend-follow", { fast: 12.5 }, "RULE_PARAMETER_OUT_OF_RANGE decider.params.fast"],
    ["trend-follow", { fast: 60, slow: 50 }, "RULE_PARAMETER_OUT_OF_RANGE decider.params.fast"],
    ["breakout", { sizePercent: Number.NaN }, "RULE_PARAMETER_OUT_OF_RANGE decider.params.sizePercent"],
    ["magic", {}, "UNKNOWN_RULE_SET decider.ruleSet"],
  ])("%s refuses %j", (ruleSet, params, expected) => {
    expect(failure(ruleSet, params as Record<string, number>)).toBe(expected);
  });
});
