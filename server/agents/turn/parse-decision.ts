import type { RecordedReply, TurnInputs } from "./core-types";
import { decisionAnswer } from "./decision-schema";
import type { Decision } from "./types";

export type ParsedDecision =
  | { readonly ok: true; readonly decision: Decision }
  | { readonly ok: false; readonly repairable: boolean; readonly reason: string };

/**
 * Reads a model's answer. Never throws. Repairable = asking once more, with the reason, may help;
 * failures of the call itself (timeouts, budget, keys) and refusals are not.
 */
export function parseDecision(reply: RecordedReply, inputs: TurnInputs): ParsedDecision {
  if (!reply.ok) return refuse(false, `${reply.code}: ${reply.message}`);
  if (reply.stopReason === "refusal") return refuse(false, "the model refused to answer");
  if (reply.toolInput === null || reply.toolInput === undefined) {
    const why = reply.stopReason === "max_tokens" ? "the answer was cut off at its token limit" : "the model did not call the tool";
    return refuse(true, why);
  }
  if (reply.stopReason === "max_tokens") return refuse(true, "the answer was cut off at its token limit");
  const parsed = decisionAnswer.safeParse(reply.toolInput);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse(true, `the answer does not fit its schema: ${issue?.path.join(".") || "answer"} ${issue?.message ?? ""}`.slice(0, 400));
  }
  const { horizonHours, ...answer } = parsed.data;
  const trades = answer.action === "buy" || answer.action === "sell";
  const held = inputs.account.positions.some((p) => p.symbol === answer.symbol && p.quantity !== "0");
  if (!inputs.agent.symbols.includes(answer.symbol) && !(held && answer.action !== "buy"))
    return refuse(true, `symbol ${answer.symbol} is not one this agent trades: ${inputs.agent.symbols.join(", ")}`);
  if (trades && answer.size === null) return refuse(true, `size is required to ${answer.action}`);
  if (trades && answer.orderType === "limit" && answer.limitPrice === null) return refuse(true, "limitPrice is required for a limit order");
  return { ok: true, decision: { ...answer, horizonMs: horizonHours === null ? null : Math.max(1000, Math.round(horizonHours * 3_600_000)) } };
}

const refuse = (repairable: boolean, reason: string): ParsedDecision => ({ ok: false, repairable, reason });
