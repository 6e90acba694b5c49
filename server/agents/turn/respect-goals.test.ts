import { describe, expect, it } from "vitest";
import { firstState, type Goal, type GoalGauge, gaugeOf, measureGoal, NO_FIGURES } from "@/server/goals";
import { DAY_MS, fixed } from "@/server/shared";
import { makeGoal, NO_ACTION } from "@/server/testing/goals/make-goal";
import { SAMPLE_AT, sampleAnswers, sampleCandles } from "@/server/testing/turn-inputs";
import { assembleInputs } from "./assemble-inputs";
import type { TurnCode, TurnInputs } from "./core-types";
import { replayTurn } from "./replay";
import { runTurnCore, runTurnCoreWithModel } from "./run-core";
import { turnCode } from "./turn-code";
import type { GoalEffect } from "./types";

const code = turnCode("test");
/** A turn record's decision stage, with what the goals changed. */
const goalsOf = (inputs: TurnInputs, by: TurnCode = code): GoalEffect | undefined => {
  const value = runTurnCore(inputs, by).stages.find((s) => s.stage === "decision")?.value;
  return (value as unknown as { goals?: GoalEffect } | undefined)?.goals;
};

/** A rising market in which the trend rule buys; 10,000 USDT were moved in, so much of it is left. */
const candles = { "BTC/USDT": sampleCandles(7, 200, 60_000, 0.002) };
const rules = { decider: { kind: "rules" as const, ruleSet: "trend-follow" as const, params: { sizePercent: 20, entryAtr: 0.1 } } };

function gauge(over: Partial<Goal>): GoalGauge {
  const goal = makeGoal({ startEquity: fixed("10000"), startAt: SAMPLE_AT - 10 * DAY_MS, deadline: SAMPLE_AT + 20 * DAY_MS, ...over });
  const state = firstState(goal, goal.startAt ?? 0, fixed("10000"));
  return gaugeOf(goal, state, measureGoal(goal, state, NO_FIGURES, SAMPLE_AT), { equity: fixed("10000"), flows: fixed("10000") }, "USDT");
}
const ceiling = (over: Partial<Goal> = {}) => gauge({ kind: "drawdown", unit: "percent", target: fixed("10"), ...over });

const inputsWith = (gauges: readonly GoalGauge[] | null, over: Parameters<typeof sampleAnswers>[0] = {}): TurnInputs =>
  assembleInputs(
    sampleAnswers({
      cash: fixed("9500"),
      candles,
      flowsTotal: fixed("10000"),
      goals: gauges && { gauges },
      ...over,
      config: { ...rules, ...over.config },
    }),
  );

describe("the same agent on the same market with and without a goal", () => {
  const without = runTurnCore(inputsWith(null), code);
  it("without one it buys a fifth of its equity", () => {
    expect(without.decision).toMatchObject({ action: "buy", size: { unit: "quote", amount: "1900" } });
    expect(without.intents).toHaveLength(1);
    expect(goalsOf(inputsWith(null))).toBeUndefined();
    expect(without.context.some((c) => c.id === "goals")).toBe(false);
  });
  it("half way to its drawdown ceiling it buys half of that, and the record says so", () => {
    const inputs = inputsWith([ceiling()]);
    const record = runTurnCore(inputs, code);
    expect(record.decision).toMatchObject({ action: "buy", size: { unit: "quote", amount: "950" } });
    expect(goalsOf(inputs)).toMatchObject({
      change: "scaled",
      scale: "0.5",
      maxExposurePercent: "50",
      asked: { action: "buy", size: { amount: "1900" } },
    });
    expect(record.context.find((c) => c.id === "goals")).toMatchObject({ trust: "own" });
    expect(record.context.find((c) => c.id === "goals")?.text).toContain(
      "The drawdown is 5 % of the 10 % this agent's goal allows: exposure at 50 %.",
    );
    expect(record.verdict.checks.find((c) => c.rule === "goal-budget")).toMatchObject({ outcome: "pass", limit: "4750" });
  });
  it("at the ceiling it buys nothing", () => {
    const inputs = inputsWith([ceiling({ target: fixed("5") })]);
    expect(runTurnCore(inputs, code)).toMatchObject({ decision: { action: "hold" }, intents: [] });
    expect(goalsOf(inputs)?.change).toBe("held-back");
  });
  it("once its target is reached it only reduces, if it was to stop then", () => {
    const reached = (after: "stop" | "continue") =>
      inputsWith([gauge({ target: fixed("100"), onAchieved: { ...NO_ACTION, after } })], { cash: fixed("10150") });
    expect(runTurnCore(reached("stop"), code).decision.action).toBe("hold");
    expect(runTurnCore(reached("continue"), code).decision).toEqual(runTurnCore(inputsWith(null, { cash: fixed("10150") }), code).decision);
  });
  it("behind its plan it does as if it had none: no loss is chased", () => {
    const behind = inputsWith([gauge({ target: fixed("5000"), onAchieved: { ...NO_ACTION, after: "stop" } })]);
    expect(runTurnCore(behind, code).decision).toEqual(without.decision);
  });
  it("control: a code that ignores the goal is found out", () => {
    const deaf: TurnCode = { ...code, respectGoals: (_inputs, decision) => ({ decision, goals: null }) };
    const inputs = inputsWith([ceiling()]);
    expect(runTurnCore(inputs, deaf).decision.size?.amount).not.toBe("950");
    expect(goalsOf(inputs, deaf)).toBeUndefined();
    const recorded = runTurnCore(inputs, code);
    expect(replayTurn({ inputs, replies: [], stages: recorded.stages, build: "test" }, deaf)).toMatchObject({
      result: "different",
      stage: "decision",
    });
    expect(replayTurn({ inputs, replies: [], stages: recorded.stages, build: "test" }, code).result).toBe("identical");
  });
});

describe("what is already invested", () => {
  const position = (quantity: string) => ({
    symbol: "BTC/USDT",
    quantity: fixed(quantity),
    averageEntry: fixed("60000"),
    realisedPnl: fixed("0"),
    feesPaid: fixed("0"),
  });
  const price = Number(candles["BTC/USDT"].at(-1)?.close) / 1e18;
  /** 9,500 of equity, so much of it in bitcoin. */
  const invested = (share: number, gauges: readonly GoalGauge[] | null, over: Parameters<typeof sampleAnswers>[0] = {}) => {
    const quantity = ((9500 * share) / price).toFixed(5);
    const inputs = inputsWith(gauges, { cash: fixed((9500 - Number(quantity) * price).toFixed(2)), positions: [position(quantity)], ...over });
    return { inputs, quantity: Number(quantity), record: runTurnCore(inputs, code) };
  };
  it("is only trimmed where the goal says so, by what exceeds its exposure", () => {
    expect(invested(0.9, [ceiling()]).record.decision.action).toBe("hold");
    const { record, quantity, inputs } = invested(0.9, [ceiling({ trim: true })]);
    expect(record.decision).toMatchObject({ action: "sell", size: { unit: "base" } });
    expect(goalsOf(inputs)?.change).toBe("trimmed");
    const left = (quantity - Number(record.decision.size?.amount)) * price;
    expect(left).toBeGreaterThan(4700);
    expect(left).toBeLessThanOrEqual(4750.5);
    expect(record.intents[0]).toMatchObject({ side: "sell", reduceOnly: true });
  });
  it("is left alone within ten points of the exposure, and sold whole at the ceiling", () => {
    expect(invested(0.58, [ceiling({ trim: true })]).record.decision.action).toBe("hold");
    expect(invested(0.9, [ceiling({ trim: true, target: fixed("4.9") })]).record.decision).toMatchObject({ action: "close" });
  });
  it("an exit is never made smaller", () => {
    const falling = { "BTC/USDT": sampleCandles(7, 200, 60_000, -0.002) };
    const last = Number(falling["BTC/USDT"].at(-1)?.close) / 1e18;
    const inputs = inputsWith([ceiling()], { candles: falling, cash: fixed((9500 - 0.05 * last).toFixed(2)), positions: [position("0.05")] });
    const record = runTurnCore(inputs, code);
    expect(record.decision.action).toBe("close");
    expect(record.intents[0]?.quantity).toBe(fixed("0.05"));
  });
});

describe("a model", () => {
  const answer = (amount: string) => async () => ({
    ok: true as const,
    toolInput: {
      action: "buy",
      symbol: "BTC/USDT",
      size: { unit: "quote", amount },
      orderType: "market",
      limitPrice: null,
      stopLoss: null,
      takeProfit: null,
      confidence: 0.9,
      horizonHours: null,
      reasoning: "all in",
    },
    raw: "",
    stopReason: "tool_use" as const,
    inputTokens: 1,
    outputTokens: 1,
    latencyMs: 1,
    attempts: 1,
  });
  const config = { decider: { kind: "model" as const, model: "some-model" } };
  it("is scaled like a rule, and what is still too much is cut by the hard rule", async () => {
    const record = await runTurnCoreWithModel(inputsWith([ceiling({ target: fixed("6") })], { config }), code, answer("9500"));
    // 5 of 6 per cent: a sixth is left, of the size and of what may be invested.
    expect(record.decision.size?.amount).toBe("1583.32");
    expect(record.prompts[0]).toContain("## Goals [source: MemePulse goals; trust: own");
    const held = { symbol: "BTC/USDT", quantity: fixed("0.02"), averageEntry: fixed("60000"), realisedPnl: fixed("0"), feesPaid: fixed("0") };
    const last = Number(candles["BTC/USDT"].at(-1)?.close) / 1e18;
    const more = await runTurnCoreWithModel(
      inputsWith([ceiling()], { config, cash: fixed((9500 - 0.02 * last).toFixed(2)), positions: [held] }),
      code,
      answer("7000"),
    );
    expect(more.verdict).toMatchObject({ outcome: "reduce", decidedBy: "goal-budget" });
  });
  it("is told no date and no market of a masked agent's goal", async () => {
    const inputs = inputsWith([gauge({ target: fixed("100") })], { config: { ...config, masked: true } });
    const record = await runTurnCoreWithModel(inputs, code, answer("100"));
    const item = record.context.find((c) => c.id === "goals");
    expect(item?.text).toContain("the profit goal");
    expect(item?.text).not.toMatch(/20\d\d-/);
  });
});

it("a person's flatten is nobody's goal", () => {
  const held = { symbol: "BTC/USDT", quantity: fixed("0.02"), averageEntry: fixed("60000"), realisedPnl: fixed("0"), feesPaid: fixed("0") };
  const inputs = inputsWith([ceiling({ target: fixed("1") })], { trigger: { kind: "flatten", eventId: "e", actorId: "a" }, positions: [held] });
  expect(runTurnCore(inputs, code)).toMatchObject({ decision: { action: "close" } });
});
