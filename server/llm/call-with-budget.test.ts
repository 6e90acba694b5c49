import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { systemScope } from "@/server/auth/scope";
import { DomainError, type Fixed, fixed, toText, ZERO } from "@/server/shared";
import { MemoryBudget } from "@/server/testing/memory-budget";
import { callWithBudget } from "./call-with-budget";
import { MODEL_CATALOG, modelInfo } from "./catalog";
import { costOf, inputTokenBound, worstCostOf } from "./cost";
import type { ModelClient } from "./ports";
import type { ModelReply, ModelRequest } from "./types";

const scope = systemScope("33333333-3333-8333-8333-333333333333");
const wall = { now: () => 1_750_000_000_000 };
const request = (text = "Now."): ModelRequest => ({
  model: "claude-sonnet-5-5",
  system: "Decide.",
  messages: [{ role: "user", content: text }],
  tool: { name: "t", description: "d", inputSchema: {} },
  maxOutputTokens: 1000,
  timeoutMs: 1000,
});
const reply = (inputTokens: number, outputTokens: number): ModelReply => ({
  toolInput: {},
  raw: "{}",
  stopReason: "tool_use",
  usage: { inputTokens, outputTokens },
  latencyMs: 1,
  attempts: 1,
});
const pause = () => new Promise<void>((ok) => setImmediate(ok));

describe("cost", () => {
  it("is exact and rounds up", () => {
    const sonnet = modelInfo("claude-sonnet-5-5");
    expect(toText(costOf(sonnet, { inputTokens: 1_000_000, outputTokens: 0 }))).toBe("2");
    expect(toText(costOf(sonnet, { inputTokens: 1234, outputTokens: 567 }))).toBe("0.008138");
    expect(toText(costOf({ ...sonnet, inputPerMTok: 1n as Fixed }, { inputTokens: 1, outputTokens: 0 }))).toBe("0.000000000000000001");
  });
  it("knows that long requests are billed at other prices", () => {
    const haiku = modelInfo("claude-haiku-5-5");
    expect(toText(costOf(haiku, { inputTokens: 100_000, outputTokens: 1000 }))).toBe("0.0105");
    expect(toText(costOf(haiku, { inputTokens: 100_001, outputTokens: 1000 }))).toBe("0.0525005");
  });
  it("reserves at least one token per byte, so that no tokenizer can exceed it", () => {
    expect(inputTokenBound(request("é".repeat(500)))).toBeGreaterThanOrEqual(1000 + inputTokenBound(request("")));
    for (const model of MODEL_CATALOG) expect(worstCostOf(model, request()) > 0n).toBe(true);
  });
});

/** Many agents at once, each call with its own fate; afterwards: was any cap ever passed? */
async function storm(budget: MemoryBudget, fates: readonly Fate[]): Promise<void> {
  const model: ModelClient = {
    complete: async (_scope, asked) => {
      const fate = fates[Number(asked.messages[0]?.content)] as Fate;
      for (let i = 0; i < fate.ticks; i++) await pause();
      if (fate.kind === "ok") return reply(fate.input, fate.output);
      throw new DomainError("MODEL_OVERLOADED", "busy", { data: { billed: fate.kind === "unbilled" ? "no" : "unknown" } });
    },
  };
  await Promise.all(
    fates.map((fate, i) => callWithBudget({ budget, model, wall }, scope, { key: `k${i}`, agentId: `a${fate.agent}`, request: request(String(i)) })),
  );
}
type Fate = {
  readonly kind: "ok" | "unbilled" | "unknown";
  readonly agent: number;
  readonly ticks: number;
  readonly input: number;
  readonly output: number;
};
const fate: fc.Arbitrary<Fate> = fc.record({
  kind: fc.constantFrom("ok" as const, "ok" as const, "unbilled" as const, "unknown" as const),
  agent: fc.integer({ min: 0, max: 2 }),
  ticks: fc.integer({ min: 0, max: 4 }),
  input: fc.integer({ min: 1, max: inputTokenBound(request("99")) }),
  output: fc.integer({ min: 1, max: 1000 }),
});
const withinCaps = (make: () => MemoryBudget) =>
  fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 25 }), async (fates) => {
    const budget = make();
    await storm(budget, fates);
    return budget.highest.every((h) => h.spent <= h.cap) && budget.reservedNow() === 0n;
  });
const caps = { workspace: fixed("0.1"), agent: fixed("0.05") };

describe("model spend never passes its cap", () => {
  it("with concurrent calls that succeed, fail and break off", async () => {
    await fc.assert(
      withinCaps(() => new MemoryBudget(caps)),
      { numRuns: 150, seed: 3 },
    );
  });

  it("control: a budget that checks and reserves in two steps is caught", async () => {
    class Racy extends MemoryBudget {
      protected override async gap(): Promise<void> {
        await pause();
      }
    }
    const result = await fc.check(
      withinCaps(() => new Racy(caps)),
      { numRuns: 150, seed: 3, endOnFailure: true },
    );
    expect(result.failed).toBe(true);
  });
});

describe("callWithBudget", () => {
  const model = (complete: ModelClient["complete"]): ModelClient => ({ complete });

  it("settles what was really spent", async () => {
    const budget = new MemoryBudget({ workspace: fixed("1"), agent: fixed("1") });
    const result = await callWithBudget({ budget, model: model(async () => reply(1000, 100)), wall }, scope, {
      key: "k",
      agentId: "a",
      request: request(),
    });
    expect(result).toMatchObject({ ok: true, cost: fixed("0.003") });
    expect(await budget.today(scope, wall.now(), "a")).toEqual({ cap: fixed("1"), settled: fixed("0.003"), reserved: ZERO });
  });

  it("makes no call without a reservation, and says why", async () => {
    const budget = new MemoryBudget({ workspace: fixed("1"), agent: fixed("0.0001") });
    const result = await callWithBudget({ budget, model: model(() => expect.unreachable("no call")), wall }, scope, {
      key: "k",
      agentId: "a",
      request: request(),
    });
    expect(result).toMatchObject({ ok: false, code: "MODEL_BUDGET_EXCEEDED", cost: ZERO });
  });

  it("makes no call to a model without a price", async () => {
    const budget = new MemoryBudget(caps);
    const asked = { key: "k", agentId: "a", request: { ...request(), model: "gpt-unknown" } };
    expect(await callWithBudget({ budget, model: model(() => expect.unreachable("no call")), wall }, scope, asked)).toMatchObject({
      code: "UNKNOWN_MODEL",
    });
  });

  it("makes no second call under the key of a first, whoever made that", async () => {
    const budget = new MemoryBudget({ workspace: fixed("1"), agent: fixed("1") });
    let calls = 0;
    const counting = model(async () => {
      calls += 1;
      return reply(1, 1);
    });
    const call = { key: "k", agentId: "a", request: request() };
    const both = await Promise.all([1, 2].map(() => callWithBudget({ budget, model: counting, wall }, scope, call)));
    expect(calls).toBe(1);
    expect(both.map((b) => b.ok).sort()).toEqual([false, true]);
    expect(both.find((b) => !b.ok)).toMatchObject({ code: "MODEL_ASKED_BEFORE", cost: ZERO });
  });

  it("charges the whole reservation when it cannot know what a broken call cost", async () => {
    const budget = new MemoryBudget({ workspace: fixed("1"), agent: fixed("1") });
    const broken = model(async () => Promise.reject(new DomainError("MODEL_TIMEOUT", "late", { data: { billed: "unknown" } })));
    const result = await callWithBudget({ budget, model: broken, wall }, scope, { key: "k", agentId: "a", request: request() });
    expect(result).toMatchObject({ ok: false, code: "MODEL_TIMEOUT", cost: worstCostOf(modelInfo("claude-sonnet-5-5"), request()) });
  });

  it("fails closed when the budget cannot settle: the reservation stands", async () => {
    class Down extends MemoryBudget {
      override settle(): Promise<void> {
        return Promise.reject(new Error("database is down"));
      }
    }
    const budget = new Down({ workspace: fixed("1"), agent: fixed("1") });
    const call = callWithBudget({ budget, model: model(async () => reply(1, 1)), wall }, scope, { key: "k", agentId: "a", request: request() });
    await expect(call).rejects.toThrow("database is down");
    expect(budget.reservedNow() > 0n).toBe(true);
  });
});
