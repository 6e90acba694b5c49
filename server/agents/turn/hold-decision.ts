import type { TurnInputs } from "./core-types";
import type { Decision } from "./types";

/** A decision to do nothing, with the reason. */
export const holdDecision = (inputs: TurnInputs, reasoning: string, symbol = inputs.agent.symbols[0] ?? ""): Decision => ({
  action: "hold",
  symbol,
  size: null,
  orderType: "market",
  limitPrice: null,
  stopLoss: null,
  takeProfit: null,
  confidence: 0,
  horizonMs: null,
  reasoning,
});
