import { describe, expect, it } from "vitest";
import { MODEL_CATALOG } from "@/server/llm";
import { NO_LIMITS } from "@/server/risk";
import { fixed } from "@/server/shared";
import { sampleAnswers } from "@/server/testing/turn-inputs";
import { decisionKey, outOfSample } from "./out-of-sample";
import { type Trial, tallyTrials, trialKey } from "./trial-register";

const base = sampleAnswers().config;
const model = { ...base, decider: { kind: "model" as const, model: "claude-haiku-4-5" } };
const key = (change: Partial<typeof base>) => trialKey({ ...base, ...change });
const ofModel = (change: Partial<typeof base>) => trialKey({ ...model, ...change });

describe("what counts as a trial", () => {
  it("another parameter, rule set, symbol, bar, rhythm; for a model another word or the mask", () => {
    const keys = [
      key({}),
      key({ decider: { kind: "rules", ruleSet: "trend-follow", params: { fast: 6 } } }),
      key({ decider: { kind: "rules", ruleSet: "breakout", params: {} } }),
      key({ symbols: ["ETH/USDT"] }),
      key({ barInterval: "4h" }),
      key({ trigger: { kind: "manual" } }),
      key({ protections: [{ kind: "cooldown-period", stopMinutes: 60 }] }),
      key({ protections: [{ kind: "max-drawdown", maxDrawdownPercent: fixed("5"), lookbackMinutes: 60, tradeLimit: 1, stopMinutes: 5 }] }),
      ofModel({}),
      ofModel({ strategyText: "Buy dips!" }),
      ofModel({ masked: true }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
  it("not a name, a limit, a budget, the order of symbols, nor text that a rule does not read", () => {
    expect(key({ name: "other", limits: { ...NO_LIMITS, maxOrdersPerHour: 1 }, dailyModelCap: fixed("9"), strategyText: "new words" })).toBe(key({}));
    expect(key({ symbols: ["A/USDT", "B/USDT"] })).toBe(key({ symbols: ["B/USDT", "A/USDT"] }));
    expect(ofModel({ strategyText: " Buy dips. " })).toBe(ofModel({}));
  });
});

describe("the tally", () => {
  const trial = (source: Trial["source"], k: string, yearlySharpe: number | null = null, periods = 500): Trial => ({
    source,
    key: k,
    yearlySharpe,
    periods,
  });
  it("counts each configuration once, for its first source, and says where they come from", () => {
    const tally = tallyTrials([
      trial("sweeps", "a"),
      trial("sweeps", "b", 1.5),
      trial("backtests", "a"),
      trial("own-versions", "a"),
      trial("other-agents", "c"),
    ]);
    expect(tally.trials).toBe(3);
    expect(tally.sources).toEqual([
      { source: "own-versions", count: 1 },
      { source: "other-agents", count: 1 },
      { source: "backtests", count: 0 },
      { source: "sweeps", count: 1 },
    ]);
    expect(tally.knownSharpes).toEqual([1.5]);
  });
  it("knows a ratio from wherever it was measured, but not from a handful of periods or from no number", () => {
    const tally = tallyTrials([
      trial("own-versions", "a"),
      trial("backtests", "a", 2),
      trial("sweeps", "b", 40, 99),
      trial("sweeps", "c", Number.NaN),
    ]);
    expect(tally.knownSharpes).toEqual([2]);
  });
  it("is one at least: the record itself", () => {
    expect(tallyTrials([]).trials).toBe(1);
  });
});

describe("out of sample", () => {
  const cutoff = MODEL_CATALOG.find((m) => m.id === "claude-haiku-4-5")?.trainingCutoff as number;
  it("is everything a rule decided since its configuration was made", () => {
    expect(outOfSample(base, 1000, 5000, "files")).toEqual({ from: 1000, because: "config", trainingCutoff: null });
  });
  it("is for a model only what came after its training, unless prices are simulated or the run is masked", () => {
    expect(new Date(cutoff).toISOString()).toBe("2025-08-01T00:00:00.000Z");
    expect(outOfSample(model, cutoff - 1, cutoff * 2, "files")).toEqual({ from: cutoff, because: "training-cutoff", trainingCutoff: cutoff });
    expect(outOfSample(model, cutoff + 1, cutoff * 2, "files")).toEqual({ from: cutoff + 1, because: "config", trainingCutoff: cutoff });
    expect(outOfSample(model, 1000, 5000, "simulated").from).toBe(1000);
    expect(outOfSample({ ...model, masked: true }, 1000, 5000, "exchange").from).toBe(1000);
  });
  it("every catalogued model has a cut-off in the past of its prices, or none", () => {
    for (const m of MODEL_CATALOG)
      expect(m.trainingCutoff === null || (m.trainingCutoff > Date.UTC(2024, 0) && m.trainingCutoff <= Date.UTC(2026, 11))).toBe(true);
  });
  it("begins anew with what changes decisions, not with a name or a budget", () => {
    expect(decisionKey({ ...base, name: "b", dailyModelCap: fixed("7") })).toBe(decisionKey(base));
    expect(decisionKey({ ...base, masked: false })).toBe(decisionKey(base));
    for (const change of [
      { limits: { ...NO_LIMITS, maxOrderNotional: fixed("5") } },
      { symbols: ["ETH/USDT"] },
      { strategyText: "x" },
      { settleAfterMs: 5 },
    ])
      expect(decisionKey({ ...base, ...change })).not.toBe(decisionKey(base));
  });
});
