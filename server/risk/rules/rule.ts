import { type Fixed, fixedInt, max, ZERO } from "@/server/shared";
import type { LimitName } from "../limit-specs";
import type { LevelName, Limits, ProposedOrder, RiskCheck, RiskLevel, RiskSituation, RuleName } from "../types";

export type RuleAnswer = Omit<RiskCheck, "allows"> & { readonly allows: Fixed | null };

/** One rule at all its levels. The table in the documentation is made of what stands here beside `judge`. */
export type RiskRule = {
  readonly name: RuleName;
  /** For people: a short title, and what is compared with what. */
  readonly title: string;
  readonly compares: string;
  readonly unit: string;
  readonly levels: readonly RiskCheck["level"][];
  /** What it may say besides "pass". */
  readonly may: readonly ("reduce" | "deny")[];
  /** Limits that switch it on or change it; none = always on. */
  readonly limits: readonly LimitName[];
  readonly byDefault: string;
  /** `allowed` is what the rules before it left (base units). */
  readonly judge: (situation: RiskSituation, order: ProposedOrder, allowed: Fixed) => readonly RuleAnswer[];
};

const OWNERS: Readonly<Record<RiskCheck["level"], string>> = { agent: "the agent", farm: "the farm", workspace: "the workspace", venue: "the venue" };
export const owner = (level: RiskCheck["level"]): string => OWNERS[level];
export const quoteOf = (s: RiskSituation, o: ProposedOrder): string => s.instrument?.quote ?? o.symbol.split("/")[1] ?? "";
export const baseOf = (s: RiskSituation, o: ProposedOrder): string => s.instrument?.base ?? o.symbol.split("/")[0] ?? "";

/** Price a notional limit is measured at: the limit price, else the last price. */
export const limitMeasure = (s: RiskSituation, o: ProposedOrder): Fixed =>
  o.type === "limit" && o.limitPrice !== null ? max(o.limitPrice, ZERO) : (s.lastPrice ?? ZERO);
export const lotOf = (s: RiskSituation): Fixed => s.instrument?.lotSize ?? fixedInt(1);

/** The answers of every level that has the limit. */
export function perLevel<K extends LimitName>(
  s: RiskSituation,
  name: K,
  answer: (limit: NonNullable<Limits[K]>, level: RiskLevel) => RuleAnswer | readonly RuleAnswer[],
): readonly RuleAnswer[] {
  return s.levels.flatMap((level) => {
    const limit = level.limits[name];
    return limit === null || limit === undefined ? [] : answer(limit as NonNullable<Limits[K]>, level);
  });
}

/** An answer that does not bound the quantity: pass, or nothing at all. */
export const words = (
  rule: RuleName,
  level: LevelName | "venue",
  denied: boolean,
  figures: { readonly unit?: string; readonly before?: string; readonly asked: string; readonly limit: string },
  reason: string,
): RuleAnswer => ({
  rule,
  level,
  outcome: denied ? "deny" : "pass",
  unit: figures.unit ?? "",
  before: figures.before ?? "",
  asked: figures.asked,
  limit: figures.limit,
  allows: denied ? ZERO : null,
  reason,
});
