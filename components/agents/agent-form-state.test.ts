import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LIMIT_GROUPS } from "@/components/risk/later-limits";
import { newProtection } from "@/components/risk/protections-draft";
import { type AgentDetail, agentInput } from "@/server/api/contract";
import { fromDetail, NEW_AGENT, toInput } from "./agent-form-state";

const money = fc.tuple(fc.nat(10 ** 9), fc.nat(999_999)).map(([whole, parts]) => `${whole}.${String(parts).padStart(6, "0")}`);
const maybe = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: null });
const symbols = fc.uniqueArray(fc.constantFrom("BTC/USDT", "DOGE/USDT", "ETH/USDT"), { minLength: 1 });
const count = fc.integer({ min: 1, max: 1000 });
const lookback = { lookbackMinutes: count, stopMinutes: count, tradeLimit: count };
const later = {
  minOrderNotional: money,
  maxGrossNotional: money,
  maxGrossPercent: money,
  maxSymbolPercent: money,
  maxSectorPercent: money,
  maxCorrelatedPercent: money,
  correlationThreshold: fc.constantFrom("0.5", "0.75"),
  maxVolumePercent: money,
  volumeBars: count,
  maxDepthPercent: money,
  priceCollarBps: count,
  maxPriceAgeSeconds: count,
  maxOrdersPerMinute: count,
  duplicateWindowSeconds: count,
  tradingHours: fc.constantFrom("08:00-20:00", "22:00-06:00"),
  sectors: fc.constantFrom<Record<string, string>>({ "BTC/USDT": "store of value" }, { "BTC/USDT": "a", "ETH/USDT": "b c" }),
};
const config: fc.Arbitrary<AgentDetail["config"]> = fc.record({
  name: fc.constantFrom("Luna", "Slow & steady", "Ümit"),
  symbols,
  mode: fc.constant("paper" as const),
  trigger: fc.constantFrom({ kind: "interval" as const, interval: "15m" }, { kind: "manual" as const }),
  barInterval: fc.constantFrom("1h", "4h"),
  strategyText: fc.string(),
  decider: fc.oneof(
    fc.record({
      kind: fc.constant("rules" as const),
      ruleSet: fc.constant("breakout"),
      params: fc.dictionary(fc.constantFrom("fast", "slow"), fc.nat(99)),
    }),
    fc.record({ kind: fc.constant("model" as const), model: fc.constant("some-model") }),
  ),
  limits: fc.record(
    {
      allowedSymbols: maybe(symbols),
      maxOrderNotional: maybe(money),
      maxPositionNotional: maybe(money),
      maxDailyLoss: maybe(money),
      maxOrdersPerHour: maybe(fc.integer({ min: 1, max: 1000 })),
      ...later,
    },
    { requiredKeys: ["allowedSymbols", "maxOrderNotional", "maxPositionNotional", "maxDailyLoss", "maxOrdersPerHour"] },
  ),
  protections: fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant("stop-loss-guard" as const), ...lookback, lossPercent: money, onlyPerPair: fc.boolean() }),
      fc.record({ kind: fc.constant("max-drawdown" as const), ...lookback, maxDrawdownPercent: money }),
      fc.record({ kind: fc.constant("low-profit-pairs" as const), ...lookback, requiredProfitPercent: fc.constantFrom("-1.5", "0", "2") }),
      fc.record({ kind: fc.constant("cooldown-period" as const), stopMinutes: count }),
    ),
    { maxLength: 3 },
  ),
  dailyModelCap: money,
  masked: fc.boolean(),
  settleAfterMs: fc.constant(60_000),
});

describe("the agent form", () => {
  it("gives back every limit and setting that nobody touched", () => {
    fc.assert(
      fc.property(config, (stored) => {
        const { settleAfterMs: _kept, ...rest } = stored;
        const sent: unknown = toInput(fromDetail({ capital: "1", config: stored } as AgentDetail));
        expect(sent).toEqual({ ...rest, decider: { ...rest.decider }, masked: rest.masked && rest.decider.kind === "model" });
      }),
    );
  });

  it("sends a list of allowed markets as symbols, and none for an empty text", () => {
    expect(toInput({ ...NEW_AGENT, allowedSymbols: " btc/usdt,DOGE/USDT " }).limits.allowedSymbols).toEqual(["BTC/USDT", "DOGE/USDT"]);
    expect(toInput({ ...NEW_AGENT, allowedSymbols: "  " }).limits.allowedSymbols).toBeNull();
  });

  it("turns what cannot be read into something the API refuses by name", () => {
    const bad = toInput({
      ...NEW_AGENT,
      name: "x",
      symbols: ["BTC/USDT"],
      later: { ...NEW_AGENT.later, priceCollarBps: "ten", sectors: "BTC" },
      protections: [{ ...newProtection("cooldown-period", 1), stopMinutes: "" }],
    });
    const paths = agentInput.safeParse(bad).error?.issues.map((i) => i.path.slice(0, 3).join("."));
    expect(paths?.toSorted()).toEqual(["limits.priceCollarBps", "limits.sectors.BTC", "protections.0.stopMinutes"]);
  });

  it("every limit the API takes has its field", () => {
    const shown = [
      "allowedSymbols",
      "maxOrderNotional",
      "maxPositionNotional",
      "maxDailyLoss",
      "maxOrdersPerHour",
      ...LIMIT_GROUPS.flatMap((g) => g.fields.map((f) => f.name)),
    ];
    expect(shown.toSorted()).toEqual(Object.keys(agentInput.shape.limits.shape).toSorted());
  });

  it("starts with an input that only lacks a name and a symbol", () => {
    const missing = agentInput.safeParse(toInput(NEW_AGENT)).error?.issues.map((i) => i.path.join("."));
    expect(missing?.toSorted()).toEqual(["name", "symbols"]);
  });
});
