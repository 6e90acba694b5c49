import { describe, expect, it } from "vitest";
import { RISK_RULES } from "@/server/risk";
import { sampleAnswers, sampleCandles, sampleInputs } from "@/server/testing/turn-inputs";
import { assembleInputs } from "./assemble-inputs";
import type { RecordedReply, TurnCode, TurnInputs, TurnRecord } from "./core-types";
import { hashInputs } from "./hash-record";
import { judgeDecision } from "./judge-decision";
import { type ReplayResult, replayTurn, type TurnRecording } from "./replay";
import { runTurnCore, runTurnCoreWithModel } from "./run-core";
import { turnCode } from "./turn-code";

const code = turnCode("build-1");
const answer: RecordedReply = {
  ok: true,
  toolInput: {
    action: "buy",
    symbol: "BTC/USDT",
    size: { unit: "quote", amount: "400" },
    orderType: "limit",
    limitPrice: "60000",
    stopLoss: "58000",
    takeProfit: null,
    confidence: 0.7,
    horizonHours: 6,
    reasoning: "Cheap.",
  },
  raw: "{}",
  stopReason: "tool_use",
  inputTokens: 10,
  outputTokens: 10,
  latencyMs: 5,
  attempts: 1,
};
const limits = { allowedSymbols: null, maxOrderNotional: "300", maxPositionNotional: null, maxDailyLoss: null, maxOrdersPerHour: null };
const capped = (inputs: TurnInputs): TurnInputs => ({ ...inputs, agent: { ...inputs.agent, limits } });
const modelInputs = capped(sampleInputs({ config: { decider: { kind: "model", model: "claude-sonnet-4-6" } } }));
const ruleInputs = capped(sampleInputs());
// Through text and back, as a recording comes out of the database.
const stored = (record: TurnRecord): TurnRecording =>
  JSON.parse(JSON.stringify({ inputs: record.inputs, replies: record.replies, stages: record.stages, build: "build-1" })) as TurnRecording;
const recordModel = async (): Promise<TurnRecording> => stored(await runTurnCoreWithModel(modelInputs, code, async () => answer));
const recordRules = (): TurnRecording => stored(runTurnCore(ruleInputs, code));
const different = (result: ReplayResult) => {
  if (result.result !== "different") throw new Error(`expected a difference, got ${JSON.stringify(result)}`);
  return result;
};

describe("replay", () => {
  it("is identical for the same code, for rules and for a model", async () => {
    for (const recording of [recordRules(), await recordModel()]) {
      const result = replayTurn(recording, code);
      expect(result.result).toBe("identical");
      if (result.result === "identical") expect(result.stages.every((s) => s.hash === s.replayed && s.hash.length === 64)).toBe(true);
    }
  });

  it("names the prompt when its template changed, and shows both texts", async () => {
    const changed: TurnCode = {
      ...code,
      build: "build-2",
      renderPrompt: (...args) => {
        const request = code.renderPrompt(...args);
        return { ...request, system: request.system.replace("costly", "dear") };
      },
    };
    const result = different(replayTurn(await recordModel(), changed));
    expect(result).toMatchObject({ stage: "prompt", codeChanged: true, recordedBuild: "build-1", build: "build-2", field: "0" });
    expect(result.recorded).toContain("costly");
    expect(result.replayed).toContain("dear");
    expect(result.stages.find((s) => s.stage === "intents")).toSatisfy((s: { hash: string; replayed: string }) => s.hash === s.replayed);
  });

  it("names the verdict when a risk rule changed, with the field", async () => {
    const lax: TurnCode = {
      ...code,
      judge: (inputs, decision) =>
        judgeDecision(
          inputs,
          decision,
          RISK_RULES.filter((r) => r.name !== "order-notional"),
        ),
    };
    const result = different(replayTurn(await recordModel(), lax));
    expect(result).toMatchObject({ stage: "verdict", codeChanged: false });
    expect(result.field).toBe("allowedQuantity");
    expect(result.recorded).not.toBe(result.replayed);
  });

  it("names the decision when a rule set's code changed", () => {
    const other: TurnCode = { ...code, decideByRules: (inputs) => ({ ...code.decideByRules(inputs), reasoning: "because" }) };
    expect(different(replayTurn(recordRules(), other))).toMatchObject({ stage: "decision", field: "decision.reasoning", replayed: "because" });
  });

  it.each([0, 57, 199])("names the context when one recorded candle was changed, even an old one (%i)", (index) => {
    const recording = recordRules();
    const inputs = structuredClone(recording.inputs) as TurnInputs;
    const window = inputs.windows["BTC/USDT"] as unknown as [number, string, string, string, string, string][];
    const row = window[index] as [number, string, string, string, string, string];
    row[5] = `${row[5]}1`;
    expect(hashInputs(inputs)).not.toBe(hashInputs(recording.inputs as TurnInputs));
    expect(different(replayTurn({ ...recording, inputs }, code))).toMatchObject({ stage: "context", codeChanged: false });
  });

  it("names the intents when how they are made changed", async () => {
    const other: TurnCode = { ...code, makeIntents: (...args) => code.makeIntents(...args).map((i) => ({ ...i, expiresAt: null })) };
    expect(different(replayTurn(await recordModel(), other))).toMatchObject({ stage: "intents", field: "0.expiresAt", replayed: "null" });
  });

  it("names the decision when a recorded answer was changed", async () => {
    const recording = await recordModel();
    const replies = recording.replies.map((r) =>
      r.ok ? { ...r, toolInput: { ...(r.toolInput as object), confidence: 0.9 } } : r,
    ) as RecordedReply[];
    expect(different(replayTurn({ ...recording, replies }, code))).toMatchObject({
      stage: "decision",
      field: "decision.confidence",
      recorded: "0.7",
      replayed: "0.9",
    });
  });

  it("a changed live feed changes nothing: the replay reads only the recording", () => {
    const recording = recordRules();
    const liveNow = assembleInputs(sampleAnswers({ candles: { "BTC/USDT": sampleCandles(999, 200, 10) } }));
    expect(hashInputs(liveNow)).not.toBe(hashInputs(recording.inputs as TurnInputs));
    expect(replayTurn(recording, code).result).toBe("identical");
  });

  it("says what is missing when it cannot", async () => {
    const recording = await recordModel();
    expect(replayTurn({ ...recording, inputs: null }, code)).toEqual({ result: "cannot", missing: "the recorded inputs" });
    expect(replayTurn({ ...recording, replies: [] }, code)).toEqual({ result: "cannot", missing: "the model's answer number 1" });
    expect(replayTurn({ ...recording, stages: recording.stages.slice(0, 3) }, code)).toEqual({ result: "cannot", missing: "the recorded verdict" });
  });

  it("still names a stage whose recorded value was redacted, by its hash", () => {
    const recording = recordRules();
    const stages = recording.stages.map(({ stage, hash }) => ({ stage, hash, value: null }));
    const other: TurnCode = { ...code, decideByRules: (inputs) => ({ ...code.decideByRules(inputs), reasoning: "because" }) };
    expect(replayTurn({ ...recording, stages }, code).result).toBe("identical");
    expect(different(replayTurn({ ...recording, stages }, other))).toMatchObject({ stage: "decision", recorded: "(redacted)" });
  });
});
