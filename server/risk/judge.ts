import { type Fixed, min, toText, ZERO } from "@/server/shared";
import { RISK_RULES } from "./rules/registry";
import type { RiskRule } from "./rules/rule";
import type { ProposedOrder, RiskCheck, RiskSituation, RuleName, Verdict } from "./types";

/** What to say when nothing was asked for. */
export const NO_ORDER: Verdict = { outcome: "no-order", askedQuantity: "0", allowedQuantity: "0", decidedBy: null, checks: [] };

/** Rules that only say that too little is left. */
const TOO_SMALL: ReadonlySet<RuleName> = new Set(["quantity-precision", "quantity-range", "venue-minimum", "order-minimum"]);

/**
 * The only gate between a decision and an order: every rule is asked, in the order of RISK_RULES, and the smallest allowed
 * quantity wins. Approve = as asked; reduce = the largest whole number of lots that satisfies all; deny = nothing.
 * `rules` exists so that a test can prove that each one is needed; live code never passes it.
 */
export function judgeOrder(situation: RiskSituation, order: ProposedOrder, rules: readonly RiskRule[] = RISK_RULES): Verdict {
  const checks: RiskCheck[] = [];
  let allowed: Fixed = order.quantity > 0n ? order.quantity : ZERO;
  let reducedBy: RuleName | null = null;
  let deniedBy: RuleName | null = null;
  for (const rule of rules) {
    for (const answer of rule.judge(situation, order, allowed)) {
      checks.push({ ...answer, allows: answer.allows === null ? null : toText(answer.allows) });
      if (answer.outcome === "deny") {
        // Too small only because a limit made it small: the limit is what the reader should see.
        deniedBy ??= TOO_SMALL.has(answer.rule) && reducedBy ? reducedBy : answer.rule;
        allowed = ZERO;
      } else if (answer.allows !== null && answer.allows < allowed) {
        reducedBy = answer.rule;
        allowed = min(allowed, answer.allows);
      }
    }
  }
  const outcome = allowed === 0n ? "deny" : allowed < order.quantity ? "reduce" : "approve";
  return {
    outcome,
    askedQuantity: toText(order.quantity),
    allowedQuantity: toText(allowed),
    decidedBy: outcome === "approve" ? null : outcome === "reduce" ? reducedBy : (deniedBy ?? reducedBy),
    checks,
  };
}
