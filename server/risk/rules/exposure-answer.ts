import { add, type Fixed, sum, toText, ZERO } from "@/server/shared";
import { notionalUp, quantityWithin } from "../notional";
import type { LevelName, ProposedOrder, RiskLevel, RiskSituation, RuleName } from "../types";
import { limitMeasure, lotOf, owner, quoteOf, type RuleAnswer } from "./rule";

/** Compares `before` + the order's notional with a limit in quote currency; `what` names the sum, and `of` what the limit is a share of. */
export function notionalAnswer(
  rule: RuleName,
  level: LevelName,
  s: RiskSituation,
  o: ProposedOrder,
  before: Fixed,
  limit: Fixed,
  what: string,
  of = "",
): RuleAnswer {
  const price = limitMeasure(s, o);
  const value = notionalUp(o.quantity, price);
  const unit = quoteOf(s, o);
  const base = { rule, level, unit, before: toText(before), limit: toText(limit) } as const;
  if (o.side === "sell") {
    const after = (before > value ? before - value : 0n) as Fixed;
    return {
      ...base,
      outcome: "pass",
      asked: toText(rule === "order-notional" ? value : after),
      allows: null,
      reason: "this order only reduces, so the limit does not bind",
    };
  }
  const asked = (before + value) as Fixed;
  const shown = toText(asked);
  if (asked <= limit)
    return { ...base, outcome: "pass", asked: shown, allows: null, reason: `${what} would be ${shown} ${unit} of ${toText(limit)} allowed${of}` };
  const bound = quantityWithin((limit - before) as Fixed, price, lotOf(s));
  return {
    ...base,
    outcome: bound > 0n ? "reduce" : "deny",
    asked: shown,
    allows: bound,
    reason: `${what} would be ${shown} ${unit}; ${owner(level)} allows ${toText(limit)}${of}`,
  };
}

/** So many per cent of the level's equity, in quote currency, rounded down; null when the equity is not known, zero when there is none. */
export const shareOf = (level: RiskLevel, percent: Fixed): Fixed | null =>
  level.equity === null ? null : level.equity <= 0n ? ZERO : (((level.equity * percent) / 100n / 10n ** 18n) as Fixed);

/** What is held and wanted in the symbols that `counts` names, with this agent's own open buys; or the symbols that have no price. */
export function exposureIn(
  level: RiskLevel,
  counts: (symbol: string) => boolean,
): { readonly value: Fixed } | { readonly unknown: readonly string[] } {
  const held = Object.entries(level.exposures()).filter(([symbol]) => counts(symbol));
  const unknown = held.filter(([, value]) => value === null).map(([symbol]) => symbol);
  return unknown.length > 0 ? { unknown } : { value: sum(held.map(([, value]) => add(value ?? ZERO, ZERO))) };
}

/** One limit on a sum over several symbols. What cannot be measured is not allowed to grow. */
export function exposureAnswer(
  rule: RuleName,
  level: RiskLevel,
  s: RiskSituation,
  o: ProposedOrder,
  limit: Fixed | null,
  counts: (symbol: string) => boolean,
  what: string,
  of = "",
): RuleAnswer {
  const sumNow = exposureIn(level, counts);
  const missing =
    "unknown" in sumNow
      ? `there is no price for ${sumNow.unknown.join(", ")}`
      : limit === null
        ? `the equity of ${owner(level.level)} is not known`
        : null;
  if (missing === null && "value" in sumNow && limit !== null) return notionalAnswer(rule, level.level, s, o, sumNow.value, limit, what, of);
  const denied = o.side === "buy";
  const known = limit === null ? "" : toText(limit);
  return {
    rule,
    level: level.level,
    outcome: denied ? "deny" : "pass",
    unit: quoteOf(s, o),
    before: "",
    asked: "",
    limit: known,
    allows: denied ? ZERO : null,
    reason: denied ? `${what} cannot be measured: ${missing}` : "this order only reduces, so the limit does not bind",
  };
}
