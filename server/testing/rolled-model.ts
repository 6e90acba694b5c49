import type { ModelClient } from "@/server/llm";
import { sha256 } from "@/server/shared";

/** Decides by the prompt's hash: mostly buys and closes, now and then a limit order that rests until it expires. */
export const rolledModel = (seed: string): ModelClient => ({
  complete: async (_scope, request) => {
    const roll = Number.parseInt(sha256(`${seed}|${request.messages.map((m) => m.content).join()}`).slice(0, 6), 16) % 10;
    const buy = { action: "buy", size: { unit: "quote", amount: "300" } };
    const what = roll < 6 ? buy : roll < 9 ? { action: "close", size: null } : { ...buy, orderType: "limit", limitPrice: "1000" };
    const toolInput = {
      symbol: "BTC/USDT",
      orderType: "market",
      limitPrice: null,
      stopLoss: null,
      takeProfit: null,
      confidence: 0.5,
      horizonHours: null,
      reasoning: `Rolled ${roll}.`,
      ...what,
    };
    return { toolInput, raw: "{}", stopReason: "tool_use", usage: { inputTokens: 100, outputTokens: 50 }, latencyMs: 1, attempts: 1 };
  },
});
