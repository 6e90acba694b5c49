import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AgentDetail, agentInput } from "@/server/api/contract";
import { fromDetail, NEW_AGENT, toInput } from "./agent-form-state";

const money = fc.tuple(fc.nat(10 ** 9), fc.nat(999_999)).map(([whole, parts]) => `${whole}.${String(parts).padStart(6, "0")}`);
const maybe = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: null });
const symbols = fc.uniqueArray(fc.constantFrom("BTC/USDT", "DOGE/USDT", "ETH/USDT"), { minLength: 1 });
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
  limits: fc.record({
    allowedSymbols: maybe(symbols),
    maxOrderNotional: maybe(money),
    maxPositionNotional: maybe(money),
    maxDailyLoss: maybe(money),
    maxOrdersPerHour: maybe(fc.integer({ min: 1, max: 1000 })),
  }),
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

  it("starts with an input that only lacks a name and a symbol", () => {
    const missing = agentInput.safeParse(toInput(NEW_AGENT)).error?.issues.map((i) => i.path.join("."));
    expect(missing?.toSorted()).toEqual(["name", "symbols"]);
  });
});
