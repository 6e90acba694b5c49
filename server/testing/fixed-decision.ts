import type { Decision } from "@/server/agents";

/** Rules that always want the same of BTC/USDT, at market unless told otherwise. */
export const decides = (wish: Pick<Decision, "action" | "size"> & Partial<Decision>) => (): Decision => ({
  symbol: "BTC/USDT",
  orderType: "market",
  limitPrice: null,
  stopLoss: null,
  takeProfit: null,
  confidence: 1,
  horizonMs: null,
  reasoning: "A test says so.",
  ...wish,
});
