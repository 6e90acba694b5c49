import { type Fixed, roundToStep, toText, ZERO } from "@/server/shared";
import type { LevelName, ProposedOrder, RiskSituation, RuleName } from "../types";
import { baseOf, lotOf, owner, type RuleAnswer } from "./rule";

/** Compares an order's quantity with so many per cent of a quantity of the market's; `whole` null = there is nothing to compare with. */
export function quantityShare(
  rule: RuleName,
  level: LevelName,
  s: RiskSituation,
  o: ProposedOrder,
  percent: Fixed,
  whole: Fixed,
  what: string,
): RuleAnswer {
  const limit = ((whole * percent) / 100n / 10n ** 18n) as Fixed;
  const bound = roundToStep(limit, lotOf(s), "down");
  const base = { rule, level, unit: baseOf(s, o), before: "0", asked: toText(o.quantity), limit: toText(limit) } as const;
  const said = `${toText(percent)} % of ${what}, which is ${toText(whole)} ${baseOf(s, o)}`;
  if (o.side === "sell") return { ...base, outcome: "pass", allows: null, reason: "this order only reduces, so the limit does not bind" };
  if (o.quantity <= limit)
    return { ...base, outcome: "pass", allows: null, reason: `${toText(o.quantity)} of ${toText(limit)} ${baseOf(s, o)} allowed: ${said}` };
  return {
    ...base,
    outcome: bound > 0n ? "reduce" : "deny",
    allows: bound > 0n ? bound : ZERO,
    reason: `${toText(o.quantity)} asked; ${owner(level)} allows ${toText(limit)}: ${said}`,
  };
}
