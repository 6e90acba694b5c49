import { FIRST_RULES, judgeOrder, NO_ORDER, RISK_RULES, type RiskRule, type Verdict } from "@/server/risk";
import type { TurnInputs } from "./core-types";
import { flattenOrders } from "./flatten-decision";
import { proposeOrder } from "./propose-order";
import { riskSituation } from "./risk-situation";
import type { Decision } from "./types";

/** Today's rules, or those a turn of the first version was judged by. */
const rulesOf = (inputs: TurnInputs): readonly RiskRule[] => (inputs.version === 1 ? FIRST_RULES : RISK_RULES);

/** The verdict on a decision. Flattening is judged position by position; the figures shown first are those of the first one. */
export function judgeDecision(inputs: TurnInputs, decision: Decision, rules: readonly RiskRule[] = rulesOf(inputs)): Verdict {
  if (inputs.trigger.kind === "flatten") return judgeFlatten(inputs, rules);
  const order = proposeOrder(inputs, decision);
  return order ? judgeOrder(riskSituation(inputs, order.symbol), order, rules) : NO_ORDER;
}

function judgeFlatten(inputs: TurnInputs, rules: readonly RiskRule[]): Verdict {
  const judged = flattenOrders(inputs).map((order) => ({ order, verdict: judgeOrder(riskSituation(inputs, order.symbol), order, rules) }));
  const first = judged[0];
  if (!first) return NO_ORDER;
  const worst = judged.find((j) => j.verdict.outcome === "deny") ?? judged.find((j) => j.verdict.outcome === "reduce") ?? first;
  const some = judged.some((j) => j.verdict.outcome !== "deny");
  return {
    outcome: worst.verdict.outcome === "deny" && some ? "reduce" : worst.verdict.outcome,
    askedQuantity: first.verdict.askedQuantity,
    allowedQuantity: first.verdict.allowedQuantity,
    decidedBy: worst.verdict.decidedBy,
    checks: judged.flatMap((j) => j.verdict.checks),
    legs: judged.map((j) => ({ symbol: j.order.symbol, askedQuantity: j.verdict.askedQuantity, allowedQuantity: j.verdict.allowedQuantity })),
  };
}
