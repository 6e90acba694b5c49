import type { ProposedOrder } from "@/server/risk";
import type { TurnInputs } from "./core-types";
import { holdDecision } from "./hold-decision";
import { proposeOrder } from "./propose-order";
import type { Decision } from "./types";

/** What a flatten turn decides, without asking any decider: close every position. Several positions make several orders. */
export function flattenDecision(inputs: TurnInputs): Decision {
  const held = heldPositions(inputs);
  const first = held[0];
  if (!first) return holdDecision(inputs, "A person asked to sell everything, but nothing is held.");
  const list = held.map((p) => `${p.quantity} ${p.symbol}`).join(", ");
  return { ...holdDecision(inputs, `A person asked to sell everything: ${list}.`), action: "close", symbol: first.symbol, confidence: 1 };
}

/** One market sell per position. */
export const flattenOrders = (inputs: TurnInputs): readonly ProposedOrder[] =>
  heldPositions(inputs).flatMap((p) => proposeOrder(inputs, { ...flattenDecision(inputs), action: "close", symbol: p.symbol }) ?? []);

const heldPositions = (inputs: TurnInputs) => inputs.account.positions.filter((p) => /[1-9]/.test(p.quantity));
