import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fixed } from "@/server/shared";
import { sampleInputs } from "@/server/testing/turn-inputs";
import type { RecordedReply } from "./core-types";
import { DECISION_TOOL, decisionAnswer } from "./decision-schema";
import { judgeDecision } from "./judge-decision";
import { makeIntents } from "./make-intents";
import { parseDecision } from "./parse-decision";

const inputs = { ...sampleInputs(), windows: {} };
const reply = (toolInput: unknown, stopReason: "tool_use" | "max_tokens" | "refusal" = "tool_use"): RecordedReply =>
  ({ ok: true, toolInput, raw: "", stopReason, inputTokens: 1, outputTokens: 1, latencyMs: 1, attempts: 1 }) as RecordedReply;
const good = {
  action: "buy",
  symbol: "BTC/USDT",
  size: { unit: "quote", amount: "250.5" },
  orderType: "limit",
  limitPrice: "60000.1",
  stopLoss: null,
  takeProfit: "70000",
  confidence: 0.6,
  horizonHours: 1.5,
  reasoning: "Because.",
};

describe("parseDecision", () => {
  it("reads a good answer, exactly", () => {
    const { horizonHours: _, ...same } = good;
    expect(parseDecision(reply(good), inputs)).toEqual({ ok: true, decision: { ...same, horizonMs: 5_400_000 } });
  });

  it.each([
    ["a number as amount", { ...good, size: { unit: "quote", amount: 250 } }, "size.amount"],
    ["a negative amount", { ...good, size: { unit: "quote", amount: "-1" } }, "size.amount"],
    ["zero", { ...good, size: { unit: "quote", amount: "0.000" } }, "size.amount"],
    ["an exponent", { ...good, size: { unit: "quote", amount: "1e9" } }, "size.amount"],
    ["too many decimals", { ...good, limitPrice: "1.0000000000000000001" }, "limitPrice"],
    ["too many digits", { ...good, limitPrice: "1234567890123456" }, "limitPrice"],
    ["an unknown symbol", { ...good, symbol: "PEPE/USDT" }, "PEPE/USDT"],
    ["no size", { ...good, size: null }, "size is required"],
    ["no limit price", { ...good, limitPrice: null }, "limitPrice is required"],
    ["an unknown member", { ...good, leverage: 10 }, "leverage"],
    ["too much confidence", { ...good, confidence: 1.2 }, "confidence"],
    ["no reasoning", { ...good, reasoning: "  " }, "reasoning"],
    ["a string", "buy!", "schema"],
  ])("refuses %s as repairable, naming it", (_name, answer, named) => {
    expect(parseDecision(reply(answer), inputs)).toMatchObject({ ok: false, repairable: true, reason: expect.stringContaining(named) });
  });

  it("does not ask again after a refusal or a failed call", () => {
    expect(parseDecision(reply(good, "refusal"), inputs)).toMatchObject({ ok: false, repairable: false });
    expect(parseDecision({ ok: false, code: "MODEL_TIMEOUT", message: "late" }, inputs)).toMatchObject({ ok: false, repairable: false });
  });

  it("never throws, and what it lets through is a decision that the rest of the turn can take", () => {
    const mutated = fc
      .tuple(
        fc.constantFrom(...Object.keys(good)),
        fc.oneof(fc.jsonValue(), fc.constantFrom("9".repeat(15), "0.1", "close", "hold", "sell", { unit: "base", amount: "3" })),
      )
      .map(([key, value]) => ({ ...good, [key]: value }));
    let passed = 0;
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), mutated), (answer) => {
        const parsed = parseDecision(reply(answer), inputs);
        if (!parsed.ok) return parsed.reason.length > 0;
        passed++;
        const d = parsed.decision;
        if (d.size && fixed(d.size.amount) <= 0n) return false;
        const verdict = judgeDecision(inputs, d);
        return makeIntents(inputs, d, verdict).every((i) => i.quantity > 0n && i.symbol === "BTC/USDT");
      }),
      { numRuns: 3000, seed: 21 },
    );
    expect(passed).toBeGreaterThan(50);
  });

  it("tells the model the same schema that it checks", () => {
    const checked = z.toJSONSchema(decisionAnswer) as { properties: Record<string, unknown>; required: string[] };
    expect(Object.keys(DECISION_TOOL.inputSchema.properties)).toEqual(Object.keys(checked.properties));
    expect([...DECISION_TOOL.inputSchema.required].sort()).toEqual([...checked.required].sort());
    expect(DECISION_TOOL.inputSchema.properties.action.enum).toEqual((checked.properties.action as { enum: string[] }).enum);
  });
});
