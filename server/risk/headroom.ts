import type { SymbolId } from "@/server/market";
import { type Fixed, toText, ZERO } from "@/server/shared";
import { LIMIT_NAMES, LIMIT_SPECS, type LimitName } from "./limit-specs";
import { RISK_RULES } from "./rules/registry";
import type { RiskRule, RuleAnswer } from "./rules/rule";
import type { LevelName, Limits, ProposedOrder, RiskSituation } from "./types";

/** A limit that is set, and where its owner stands. Figures are exact decimal text in `unit`. */
export type Headroom = {
  readonly level: LevelName;
  readonly name: LimitName;
  readonly unit: string;
  /** Null where there is nothing to measure (hours, lists, settings of another limit) or it cannot be measured. */
  readonly value: string | null;
  readonly limit: string;
  /** Value over limit, for a bar and for sorting; null without a value. */
  readonly share: number | null;
  /** The market that stands nearest to it; null when the limit is not about one. */
  readonly symbol: SymbolId | null;
  /** What the rule itself says of a buy of nothing; null for a setting of another limit. */
  readonly says: string | null;
  /** The rule would refuse any buy now. */
  readonly stops: boolean;
};

/** The rule that a limit switches on; what is only a setting of another limit has none. */
const ruleOf = new Map<LimitName, RiskRule>(RISK_RULES.flatMap((rule) => (rule.limits[0] ? [[rule.limits[0], rule] as const] : [])));
/** Compared with one order only, or with a clock: nothing is used up. */
const WITHOUT_FIGURE: ReadonlySet<LimitName> = new Set(["allowedSymbols", "tradingHours", "duplicateWindowSeconds", "minOrderNotional"]);
/** Limits on a market; all others are on everything together. */
const BY_MARKET: ReadonlySet<LimitName> = new Set([
  "maxPositionNotional",
  "maxSymbolPercent",
  "maxSectorPercent",
  "maxCorrelatedPercent",
  "maxVolumePercent",
  "maxDepthPercent",
  "priceCollarBps",
  "maxPriceAgeSeconds",
]);

/**
 * Every limit that is set at every level beside where it stands, by the very rules that judge orders: each is asked about a buy of nothing
 * in each market, and the market that stands nearest to the limit speaks for it. `situations` = one per market of one agent.
 */
export function headroomOf(situations: readonly (readonly [SymbolId, RiskSituation])[]): readonly Headroom[] {
  const [first] = situations;
  if (!first) return [];
  return first[1].levels.flatMap(({ level, limits }) =>
    LIMIT_NAMES.filter((name) => limits[name] !== null && limits[name] !== undefined).map((name) => nearest(situations, level, limits, name)),
  );
}

function nearest(situations: readonly (readonly [SymbolId, RiskSituation])[], level: LevelName, limits: Limits, name: LimitName): Headroom {
  const rule = ruleOf.get(name);
  const spec = LIMIT_SPECS[name];
  const setting: Headroom = {
    level,
    name,
    unit: spec.unit,
    value: null,
    limit: settingText(limits[name]),
    share: null,
    symbol: null,
    says: null,
    stops: false,
  };
  if (!rule) return setting;
  let worst: Headroom | null = null;
  for (const [symbol, situation] of situations) {
    const nothing: ProposedOrder = { symbol, side: "buy", type: "market", quantity: ZERO, limitPrice: null };
    const answer = rule.judge(situation, nothing, ZERO).find((a) => a.level === level);
    if (!answer) continue;
    const found = WITHOUT_FIGURE.has(name)
      ? { ...setting, says: answer.reason, stops: name === "tradingHours" && answer.outcome === "deny" }
      : measured(setting, answer, symbol);
    if (worst === null || weight(found) > weight(worst)) worst = found;
  }
  return worst ?? setting;
}

function measured(setting: Headroom, answer: RuleAnswer, symbol: SymbolId): Headroom {
  const { name } = setting;
  // What a price is away from its reference is only known of the price that is asked for.
  const text = name === "priceCollarBps" ? answer.asked : answer.before;
  const value = text === "" ? null : text;
  const share = value === null || !(Number(answer.limit) > 0) ? null : Number(value) / Number(answer.limit);
  const stops = value === null || (share ?? 1) >= 1;
  return {
    ...setting,
    unit: answer.unit,
    value,
    limit: answer.limit,
    share,
    symbol: BY_MARKET.has(name) ? symbol : null,
    says: answer.reason,
    stops,
  };
}

/** What cannot be measured refuses every buy: it stands before all others. */
export const weight = ({ share, stops }: Pick<Headroom, "share" | "stops">): number => share ?? (stops ? Number.POSITIVE_INFINITY : -1);

function settingText(value: Limits[LimitName]): string {
  if (Array.isArray(value)) return value.join(" ");
  if (typeof value === "bigint") return toText(value as Fixed);
  if (typeof value === "object" && value !== null) return `${Object.keys(value).length} markets`;
  return String(value);
}
