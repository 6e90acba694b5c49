import { add, canonicalJson, type Fixed, type Json } from "@/server/shared";
import { pricesFor } from "./catalog";
import type { ModelInfo, ModelRequest, Usage } from "./types";

const MILLION = 1_000_000n;
/** What the provider adds to a request with a tool (its own system prompt, separators), generously. */
const HIDDEN_TOKENS = 2_000;

/** Cost in USD, rounded up at the 18th decimal: never less than the bill. */
export function costOf(model: ModelInfo, usage: Usage): Fixed {
  const prices = pricesFor(model, usage.inputTokens);
  return add(share(prices.inputPerMTok, usage.inputTokens), share(prices.outputPerMTok, usage.outputTokens));
}

/** Most tokens a request can count as: a token is at least one byte of UTF-8. */
export function inputTokenBound(request: ModelRequest): number {
  const text = [request.system, ...request.messages.map((m) => m.role + m.content), canonicalJson(request.tool as unknown as Json)].join("\n");
  return new TextEncoder().encode(text).length + HIDDEN_TOKENS;
}

/** The most one call of this request can cost (USD): what is reserved before it. */
export const worstCostOf = (model: ModelInfo, request: ModelRequest): Fixed =>
  costOf(model, { inputTokens: inputTokenBound(request), outputTokens: request.maxOutputTokens });

const share = (perMillion: Fixed, tokens: number): Fixed => ((perMillion * BigInt(tokens) + MILLION - 1n) / MILLION) as Fixed;
