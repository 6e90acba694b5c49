import { INTERVAL_MS, type Interval } from "@/server/market";
import type { Verdict } from "@/server/risk";
import { fixed, hashId } from "@/server/shared";
import type { OrderIntent } from "@/server/trading";
import type { TurnInputs } from "./core-types";
import { proposeOrder } from "./propose-order";
import type { Decision } from "./types";

/** Longest life of a resting order (ms), whatever horizon the decider named. */
const LONGEST_LIFE = 30 * 86_400_000;

/** The id of one order for ever: the same agent, tick, leg and attempt always give the same one. */
export const clientOrderIdOf = (agentId: string, tickId: string, leg: number, attempt: number): string =>
  hashId("order", agentId, tickId, leg, attempt);

/**
 * The orders to send: what the verdict allows, in whole lots, prices on a tick against the trader. Sells are reduce-only.
 * Limit orders expire one trigger interval after the tick, or after the decision's horizon when it names one.
 * The decision's stop loss and take profit are recorded with it, but no order is made of them yet.
 */
export function makeIntents(inputs: TurnInputs, decision: Decision, verdict: Verdict): readonly OrderIntent[] {
  if (verdict.outcome === "deny" || verdict.outcome === "no-order") return [];
  const legs = verdict.legs ?? [{ symbol: decision.symbol, allowedQuantity: verdict.allowedQuantity }];
  return legs.flatMap((leg, index) => {
    // Flattening closes, whatever else the decision says.
    const order = proposeOrder(inputs, verdict.legs ? { ...decision, action: "close", symbol: leg.symbol } : decision);
    const quantity = fixed(leg.allowedQuantity);
    if (!order || quantity <= 0n) return [];
    return [
      {
        clientOrderId: clientOrderIdOf(inputs.agentId, inputs.tickId, index, 0),
        symbol: leg.symbol,
        side: order.side,
        type: order.type,
        quantity,
        limitPrice: order.limitPrice,
        reduceOnly: order.side === "sell",
        expiresAt: order.type === "limit" ? inputs.at + lifeOf(inputs, decision) : null,
      },
    ];
  });
}

/** How long a limit order of this decision lives (ms). */
export function lifeOf(inputs: TurnInputs, decision: Decision): number {
  const interval = inputs.agent.triggerIntervalMs ?? INTERVAL_MS[inputs.agent.barInterval as Interval] ?? INTERVAL_MS["1h"];
  return Math.min(decision.horizonMs ?? interval, LONGEST_LIFE);
}
