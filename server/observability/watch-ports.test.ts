import { describe, expect, it } from "vitest";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import { rateLimit } from "@/server/auth/rate-limit";
import { MODEL_CATALOG, type ModelReply, type ModelRequest } from "@/server/llm";
import { DomainError, type TenantScope } from "@/server/shared";
import { createMetrics } from "./metrics";
import { watchFunctions } from "./watch-functions";
import { codeOf, watchFeed, watchModel, watchRateLimit } from "./watch-ports";
import { watched } from "./watched";

const scope = {} as TenantScope;
const sample = async (m: ReturnType<typeof createMetrics>, name: string) =>
  (await m.registry.metrics()).split("\n").filter((l) => l.startsWith(`${name}{`) || l.startsWith(`${name} `));

class Counting {
  #private = 1;
  readonly label = "own";
  async next(by: number): Promise<number> {
    this.#private += by;
    if (by < 0) throw new Error("backwards");
    return this.#private;
  }
  now(): number {
    return this.#private;
  }
}

describe("a watched port", () => {
  it("answers as it did, private members and all, and tells how each call went", async () => {
    const told: unknown[] = [];
    const port = watched(new Counting(), { next: (c) => told.push(c.ok ? [c.args[0], c.answer] : [c.args[0], (c.error as Error).message]) });
    expect(await port.next(2)).toBe(3);
    await expect(port.next(-1)).rejects.toThrow("backwards");
    expect([port.now(), port.label]).toEqual([2, "own"]);
    expect(told).toEqual([
      [2, 3],
      [-1, "backwards"],
    ]);
  });
});

describe("a watched model", () => {
  const [info] = MODEL_CATALOG;
  const reply = { usage: { inputTokens: 1_000_000, outputTokens: 10 } } as ModelReply;
  const request = { model: info?.id ?? "" } as ModelRequest;

  it("counts calls, tokens and cost by model, of stored and of tested keys", async () => {
    const m = createMetrics();
    const complete = async () => reply;
    const model = watchModel({ complete, withKey: () => ({ complete }) }, m);
    await model.complete(scope, request);
    await model.withKey("secret-key").complete(scope, request);
    expect(await sample(m, "memepulse_model_calls_total")).toEqual([`memepulse_model_calls_total{model="${info?.id}",outcome="ok"} 2`]);
    expect(await sample(m, "memepulse_model_tokens_total")).toEqual([
      `memepulse_model_tokens_total{model="${info?.id}",direction="input"} 2000000`,
      `memepulse_model_tokens_total{model="${info?.id}",direction="output"} 20`,
    ]);
    const [cost] = await sample(m, "memepulse_model_cost_usd_total");
    expect(Number(cost?.split(" ")[1])).toBeGreaterThan(0);
    expect(await m.registry.metrics()).not.toContain("secret-key");
  });

  it("counts what went wrong by its code, and makes no label of what it does not know", async () => {
    const m = createMetrics();
    const fail = (error: unknown) => ({ complete: () => Promise.reject(error), withKey: () => ({ complete: () => Promise.reject(error) }) });
    await expect(watchModel(fail(new DomainError("MODEL_OVERLOADED", "busy")), m).complete(scope, request)).rejects.toThrow("busy");
    await expect(watchModel(fail(new TypeError("x")), m).complete(scope, { ...request, model: "made-up" })).rejects.toThrow("x");
    expect(await sample(m, "memepulse_model_calls_total")).toEqual([
      `memepulse_model_calls_total{model="${info?.id}",outcome="MODEL_OVERLOADED"} 1`,
      'memepulse_model_calls_total{model="unknown",outcome="INTERNAL"} 1',
    ]);
  });
});

describe("other watched parts", () => {
  it("count a market that fails", async () => {
    const m = createMetrics();
    const told: unknown[] = [];
    const feed = watchFeed(new SimulatedMarketFeed(7), m, (read, symbol, error) =>
      told.push([read, symbol, error === null ? "well" : codeOf(error)]),
    );
    await feed.price({ symbol: "BTC/USDT", at: Date.UTC(2026, 0, 1) });
    await expect(feed.price({ symbol: "NO/SUCH", at: 0 })).rejects.toThrow();
    expect(await sample(m, "memepulse_market_feed_errors_total")).toEqual([
      'memepulse_market_feed_errors_total{read="price",code="UNKNOWN_SYMBOL"} 1',
    ]);
    expect(told).toEqual([
      ["price", "BTC/USDT", "well"],
      ["price", "NO/SUCH", "UNKNOWN_SYMBOL"],
    ]);
  });

  it("count whom a limit refused, not by name", async () => {
    const m = createMetrics();
    const limit = watchRateLimit(rateLimit(1), "sign_in", m);
    await limit("203.0.113.9");
    await expect(limit("203.0.113.9")).rejects.toThrow(/Too many/);
    expect(await sample(m, "memepulse_rate_limit_refusals_total")).toEqual(['memepulse_rate_limit_refusals_total{limit="sign_in"} 1']);
  });

  it("count durable functions by name, and strangers' names as unknown", async () => {
    const m = createMetrics();
    const statuses = [206, 200, 500, 401];
    const handler = watchFunctions(async () => new Response(null, { status: statuses.shift() ?? 200 }), ["memepulse-run-decision"], m);
    const call = (fnId: string) => handler(new Request(`http://127.0.0.1/api/inngest?fnId=${fnId}&stepId=step`, { method: "POST" }));
    for (const id of ["memepulse-run-decision", "memepulse-run-decision", "memepulse-run-decision", "made-up"]) await call(id);
    await handler(new Request("http://127.0.0.1/api/inngest", { method: "PUT" }));
    expect(await sample(m, "memepulse_engine_calls_total")).toEqual([
      'memepulse_engine_calls_total{function="memepulse-run-decision",outcome="step"} 1',
      'memepulse_engine_calls_total{function="memepulse-run-decision",outcome="completed"} 1',
      'memepulse_engine_calls_total{function="memepulse-run-decision",outcome="error"} 1',
      'memepulse_engine_calls_total{function="unknown",outcome="error"} 1',
    ]);
  });
});
