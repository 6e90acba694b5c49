import type { AnthropicModelClient } from "@/server/adapters/llm/anthropic-model-client";
import type { RateLimit } from "@/server/auth/rate-limit";
import { costOf, MODEL_CATALOG, type ModelClient } from "@/server/llm";
import type { MarketFeed } from "@/server/market";
import { DomainError, toNumber } from "@/server/shared";
import type { OrderStore, TurnStore } from "../agents";
import type { Metrics } from "./metrics";
import { type WatchedCall, watched } from "./watched";

/** What a failure is called in a label: our own codes are few, other errors' names could be anything. */
export const codeOf = (error: unknown): string => (error instanceof DomainError ? error.code : "INTERNAL");

/** Counts what turns came to, once each: a write that was not made (a lost lease, another was faster) counts nothing. */
export const watchTurnStore = <T extends TurnStore>(store: T, m: Metrics): T =>
  watched<TurnStore>(store, {
    claim: (c) => c.ok && c.answer.kind === "unwanted" && m.turns.inc({ outcome: "skipped" }),
    commitIntents: (c) => {
      if (!c.ok) return;
      const { verdict, orders } = c.args[1];
      m.turns.inc({ outcome: orders.length > 0 ? "ordered" : "held" });
      m.verdicts.inc({ outcome: verdict.outcome, rule: verdict.decidedBy ?? "none" });
    },
    setPhase: (c) => c.ok && c.args[1] === "failed" && m.turns.inc({ outcome: "failed" }),
    settle: (c) => c.ok && m.turns.inc({ outcome: "settled" }, c.answer),
  }) as T;

/** Counts orders sent, how they ended, and fills. */
export const watchOrderStore = <T extends OrderStore>(store: T, m: Metrics): T =>
  watched<OrderStore>(store, {
    beginSending: (c) => c.ok && c.answer === "sending" && m.orders.inc({ status: "placed" }),
    finish: (c) => c.ok && c.answer && m.orders.inc({ status: c.args[3] }),
    postExecutions: (c) => {
      if (!c.ok || c.answer.count === 0) return;
      m.fills.inc(c.answer.count);
      for (const order of c.answer.orders) if (order.status === "filled") m.orders.inc({ status: "filled" });
    },
  }) as T;

type KeyedModelClient = Pick<AnthropicModelClient, "complete" | "withKey">;

/** Counts calls, tokens, cost and time by model, also of keys that are tested before they are stored. */
export function watchModel(client: KeyedModelClient, m: Metrics): KeyedModelClient {
  const watchOne = (one: ModelClient): ModelClient =>
    watched(one, {
      complete: (c) => {
        // An id that is not in the catalog never gets here; should it ever, it makes no label of its own.
        const info = MODEL_CATALOG.find((known) => known.id === c.args[1].model);
        const model = info?.id ?? "unknown";
        m.modelCalls.inc({ model, outcome: c.ok ? "ok" : codeOf(c.error) });
        m.modelSeconds.observe({ model }, c.seconds);
        if (!c.ok) return;
        m.modelTokens.inc({ model, direction: "input" }, c.answer.usage.inputTokens);
        m.modelTokens.inc({ model, direction: "output" }, c.answer.usage.outputTokens);
        if (info) m.modelCost.inc({ model }, toNumber(costOf(info, c.answer.usage)));
      },
    });
  const stored = watchOne(client);
  return { complete: (scope, request, signal) => stored.complete(scope, request, signal), withKey: (key) => watchOne(client.withKey(key)) };
}

/** Counts reads of the market that failed. */
export function watchFeed(feed: MarketFeed, m: Metrics): MarketFeed {
  const failed = (read: string) => (c: WatchedCall<unknown, unknown>) => {
    if (!c.ok) m.feedErrors.inc({ read, code: codeOf(c.error) });
  };
  return watched(feed, { candles: failed("candles"), bars: failed("bars"), price: failed("price") });
}

/** Counts whom a limit has refused. */
export const watchRateLimit =
  (limit: RateLimit, name: "mutations" | "sign_in", m: Metrics): RateLimit =>
  (client) =>
    limit(client).catch((error: unknown) => {
      if (error instanceof DomainError && error.code === "RATE_LIMITED") m.refusals.inc({ limit: name });
      throw error;
    });
