import type { Decision, TurnCode } from "@/server/agents";
import { turnCode } from "@/server/agents";
import type { ModelReply } from "@/server/llm";
import { DomainError, type Json, sha256 } from "@/server/shared";

const roll = (seed: number, what: string, sides: number): number => Number.parseInt(sha256(`${seed}|${what}`).slice(0, 8), 16) % sides;

/** Mostly buys, now and then a sale of everything or a limit order that rests until it expires: whatever the market does. */
function rolled(seed: number, what: string, symbols: readonly string[]): Decision {
  const symbol = symbols[roll(seed, `${what}|symbol`, symbols.length)] ?? "BTC/USDT";
  const kind = roll(seed, what, 10);
  const buy = kind < 5 || kind === 9;
  return {
    action: buy ? "buy" : kind < 8 ? "close" : "hold",
    symbol,
    size: buy ? { unit: "quote", amount: String(200 + roll(seed, `${what}|size`, 4000)) } : null,
    orderType: kind === 9 ? "limit" : "market",
    limitPrice: kind === 9 ? "100" : null,
    stopLoss: null,
    takeProfit: null,
    confidence: 0.5,
    horizonMs: null,
    reasoning: `Rolled ${kind}.`,
  };
}

/** The product's own code; only what the rules say is rolled. */
export const simulatedCode = (seed: number): TurnCode => ({
  ...turnCode("simulation"),
  decideByRules: (inputs) => rolled(seed, `${inputs.agent.name}|${inputs.tickId.slice(0, 2)}|${inputs.at}`, inputs.agent.symbols),
});

/** A model that answers, answers badly, or fails, as the seed says of the call's key. */
export async function simulatedReply(seed: number, symbols: readonly string[], key: string): Promise<ModelReply> {
  const fate = roll(seed, `fate|${key}`, 12);
  if (fate === 0) throw new DomainError("MODEL_OVERLOADED", "busy", { data: { billed: "unknown" } });
  if (fate === 1) throw new DomainError("MODEL_RATE_LIMITED", "too many", { data: { billed: "no" } });
  const { horizonMs: _none, ...decision } = rolled(seed, key, symbols);
  const toolInput: Json = fate === 2 ? { action: "dance" } : { ...decision, horizonHours: null };
  return { toolInput, raw: "{}", stopReason: "tool_use", usage: { inputTokens: 100, outputTokens: 50 }, latencyMs: 1, attempts: 1 };
}
