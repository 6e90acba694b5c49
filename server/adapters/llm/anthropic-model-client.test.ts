import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DECISION_TOOL, recordReply, runTurnCoreWithModel, turnCode } from "@/server/agents";
import { systemScope } from "@/server/auth/scope";
import { type BudgetRepository, callWithBudget, type ModelRequest, testModel } from "@/server/llm";
import { DomainError, toText } from "@/server/shared";
import { MessagesApiServer } from "@/server/testing/messages-api-server";
import { sampleInputs } from "@/server/testing/turn-inputs";
import { AnthropicModelClient } from "./anthropic-model-client";

const KEY = "sk-ant-canary-0123456789abcdef";
const scope = systemScope("22222222-2222-8222-8222-222222222222");
const wall = { now: () => Date.now() };
const hold = {
  action: "hold",
  symbol: "BTC/USDT",
  size: null,
  orderType: "market",
  limitPrice: null,
  stopLoss: null,
  takeProfit: null,
  confidence: 0.2,
  horizonHours: null,
  reasoning: "Nothing to do.",
};
const request: ModelRequest = {
  model: "claude-sonnet-4-6",
  system: "Decide.",
  messages: [{ role: "user", content: "Now." }],
  tool: DECISION_TOOL,
  maxOutputTokens: 1000,
  timeoutMs: 5000,
};

let server: MessagesApiServer;
beforeAll(async () => {
  server = await MessagesApiServer.start();
  server.key = KEY;
});
afterAll(() => server.stop());

const client = (key: string | null = KEY) =>
  new AnthropicModelClient({ secrets: async () => key, wall, baseURL: server.url, basePauseMs: 1, random: () => 0 });
const failureOf = async (work: Promise<unknown>): Promise<DomainError> => {
  const error = await work.then(
    () => null,
    (e: unknown) => e,
  );
  if (!(error instanceof DomainError)) throw new Error(`expected a DomainError, got ${String(error)}`);
  const everything = JSON.stringify([error.message, error.details, error.stack, String(error.cause)]);
  expect(everything).not.toContain(KEY);
  return error;
};

describe("the real SDK against a local Messages API", () => {
  it("streams one forced tool call and counts its tokens", async () => {
    server.play({ kind: "tool", input: hold });
    const reply = await client().complete(scope, request);
    expect(reply.toolInput).toEqual(hold);
    expect(reply).toMatchObject({ stopReason: "tool_use", usage: { inputTokens: 1200, outputTokens: 180 }, attempts: 1 });
    expect(reply.raw).not.toContain(KEY);
    expect(JSON.parse(reply.raw)).toMatchObject({ stop_reason: "tool_use", model: "claude-sonnet-4-6" });
    const [seen] = server.requests;
    expect(seen?.body).toMatchObject({ stream: true, max_tokens: 1000, tool_choice: { type: "tool", name: "submit_decision" } });
    expect(seen?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it("does not force models that always think, and reads past their thinking", async () => {
    server.play({ kind: "tool", input: hold, thinking: true });
    server.refuseForcedTool = true;
    const reply = await client().complete(scope, { ...request, model: "claude-opus-5-5" });
    expect(reply.toolInput).toEqual(hold);
    expect(server.requests.map((r) => r.body.tool_choice?.type)).toEqual(["auto"]);
    expect(server.requests[0]?.body).toMatchObject({ output_config: { effort: "low" } });
    expect(server.requests[0]?.body.thinking).toBeUndefined();
    server.refuseForcedTool = false;
  });

  it("asks without force when a model has stopped taking a forced tool", async () => {
    server.play({ kind: "tool", input: hold });
    server.refuseForcedTool = true;
    const reply = await client().complete(scope, request);
    server.refuseForcedTool = false;
    expect(reply.toolInput).toEqual(hold);
    expect(server.requests.map((r) => r.body.tool_choice?.type)).toEqual(["tool", "auto"]);
  });

  it("waits out a rate limit and an overload, within its tries", async () => {
    server.play(
      { kind: "error", status: 429, type: "rate_limit_error", retryAfter: 0.02 },
      { kind: "error", status: 529, type: "overloaded_error" },
      { kind: "tool", input: hold },
    );
    expect((await client().complete(scope, request)).attempts).toBe(3);
  });

  it("gives up when the provider asks to wait beyond the deadline", async () => {
    server.play({ kind: "error", status: 429, type: "rate_limit_error", retryAfter: 3600 });
    const error = await failureOf(client().complete(scope, request));
    expect(error).toMatchObject({ code: "MODEL_RATE_LIMITED", details: { retryAfterMs: 3_600_000, data: { billed: "no" } } });
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ["MODEL_OVERLOADED", 529, "overloaded_error", 4],
    ["MODEL_UNAVAILABLE", 500, "api_error", 4],
    ["MODEL_UNAVAILABLE", 400, "invalid_request_error", 1],
    ["MODEL_KEY_REFUSED", 403, "permission_error", 1],
  ])("%s for status %i, after a bounded number of tries", async (code, status, type, tries) => {
    server.play({ kind: "error", status, type });
    expect((await failureOf(client().complete(scope, request))).code).toBe(code);
    expect(server.requests).toHaveLength(tries);
  });

  it("never repeats a refused key, although the server's message does", async () => {
    server.play({ kind: "tool", input: hold });
    server.key = "another";
    const error = await failureOf(client().complete(scope, request));
    server.key = KEY;
    expect(error.code).toBe("MODEL_KEY_REFUSED");
    expect(server.requests).toHaveLength(1);
  });

  it("redacts the key from a message of the provider that quotes it", async () => {
    server.play({ kind: "error", status: 400, type: "invalid_request_error", message: `bad header ${KEY}` });
    expect((await failureOf(client().complete(scope, request))).message).toContain("[key]");
  });

  it("says when no key is stored, without a call", async () => {
    server.play({ kind: "tool", input: hold });
    expect(await failureOf(client(null).complete(scope, request))).toMatchObject({ code: "MODEL_KEY_MISSING" });
    expect(server.requests).toHaveLength(0);
  });

  it("stops at the deadline when nothing comes, and does not try again: the call may be billed", async () => {
    server.play({ kind: "hang" });
    const error = await failureOf(client().complete(scope, { ...request, timeoutMs: 80 }));
    expect(error).toMatchObject({ code: "MODEL_TIMEOUT", details: { data: { billed: "unknown" } } });
    expect(server.requests).toHaveLength(1);
  });

  it("stops when the caller aborts", async () => {
    server.play({ kind: "hang" });
    expect((await failureOf(client().complete(scope, request, AbortSignal.timeout(50)))).code).toBe("MODEL_UNAVAILABLE");
  });

  it.each([
    ["cut", { kind: "cut" } as const, "MODEL_UNAVAILABLE"],
    ["overloaded midway", { kind: "error-midway", type: "overloaded_error" } as const, "MODEL_OVERLOADED"],
  ])("does not repeat an answer that had begun: %s", async (_name, answer, code) => {
    server.play(answer);
    const error = await failureOf(client().complete(scope, request));
    expect(error).toMatchObject({ code, details: { data: { billed: "unknown" } } });
    expect(server.requests).toHaveLength(1);
  });

  it("calls an unreachable provider unavailable and unbilled", async () => {
    const dead = await MessagesApiServer.start();
    const { url } = dead;
    await dead.stop();
    const nobody = new AnthropicModelClient({ secrets: async () => KEY, wall, baseURL: url, basePauseMs: 1, random: () => 0 });
    expect(await failureOf(nobody.complete(scope, request))).toMatchObject({ code: "MODEL_UNAVAILABLE", details: { data: { billed: "no" } } });
  });
});

const free: BudgetRepository = {
  reserve: async () => true,
  settle: async () => {},
  settleLost: async () => null,
  settleAbandoned: async () => 0,
  today: async () => Promise.reject(new Error("not asked")),
};

describe("testing a key", () => {
  const test = (key: string, model = "claude-haiku-5-5") =>
    testModel({ budget: free, model: client(null).withKey(key), wall }, scope, { key: "t", model });

  it("uses a key that is not stored, and finds latency, cost and structure", async () => {
    server.play({ kind: "tool", input: { ready: true } });
    const result = await test(KEY);
    expect(result).toMatchObject({ accepted: true, structured: true, error: null, usage: { inputTokens: 1200 } });
    expect(toText(result.cost)).toBe("0.00021");
    expect(server.requests[0]?.body).toMatchObject({ tool_choice: { type: "tool" }, thinking: { type: "disabled" } });
  });
  it("tells a refused key from a model that does not answer through the tool", async () => {
    server.play({ kind: "text", text: "Ready!" });
    expect(await test(KEY)).toMatchObject({ accepted: true, structured: false, error: expect.stringContaining("not through the tool") });
    const refused = await test("sk-ant-wrong-0123456789");
    expect(refused).toMatchObject({ accepted: false, structured: false, cost: 0n, error: expect.stringContaining("refused the key") });
    expect(refused.error).not.toContain("sk-ant");
  });
});

describe("a model's turn through the core", () => {
  const inputs = sampleInputs({ config: { decider: { kind: "model", model: "claude-sonnet-4-6" } } });
  const run = () =>
    runTurnCoreWithModel(inputs, turnCode("test"), async (r, attempt) =>
      recordReply(
        await callWithBudget({ budget: free, model: client(), wall }, scope, {
          key: `k${attempt}`,
          agentId: null,
          request: { ...r, timeoutMs: 400 },
        }),
      ),
    );

  it("uses a good first answer", async () => {
    server.play({ kind: "tool", input: { ...hold, action: "buy", size: { unit: "quote", amount: "100" } } });
    const record = await run();
    expect(record).toMatchObject({ decision: { action: "buy" }, fallbackReason: null, verdict: { outcome: "approve" } });
    expect(record.intents).toHaveLength(1);
    expect(record.prompts).toHaveLength(1);
  });

  it.each([
    ["malformed JSON", { kind: "tool-json", json: '{"action":"buy", "sym' } as const, "does not fit"],
    ["a truncated answer", { kind: "tool-json", json: '{"action":', stopReason: "max_tokens" } as const, "cut off"],
    ["text instead of the tool", { kind: "text", text: "I would buy." } as const, "did not call the tool"],
    ["an invalid size", { kind: "tool", input: { ...hold, action: "buy", size: { unit: "quote", amount: "-5" } } } as const, "size.amount"],
  ])("repairs %s once, showing the reason", async (_name, bad, reason) => {
    server.play(bad, { kind: "tool", input: hold });
    const record = await run();
    expect(record).toMatchObject({ decision: { action: "hold", reasoning: "Nothing to do." }, fallbackReason: null });
    expect(record.prompts).toHaveLength(2);
    expect(record.prompts[1]).toContain(reason);
  });

  it("holds with the reason when the second answer is no better", async () => {
    server.play({ kind: "text", text: "no" });
    const record = await run();
    expect(record).toMatchObject({ decision: { action: "hold" }, fallbackReason: "the model did not call the tool", intents: [] });
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ["a refusal", { kind: "text", text: "I can't.", stopReason: "refusal" } as const, /refused/],
    ["a timeout", { kind: "hang" } as const, /MODEL_TIMEOUT/],
    ["an overload", { kind: "error", status: 529, type: "overloaded_error" } as const, /MODEL_OVERLOADED/],
  ])("holds after %s, asking no second time", async (_name, answer, reason) => {
    server.play(answer);
    const record = await run();
    expect(record.decision.action).toBe("hold");
    expect(record.fallbackReason).toMatch(reason);
    expect(record.replies).toHaveLength(1);
    expect(JSON.stringify(record)).not.toContain(KEY);
  });
});
