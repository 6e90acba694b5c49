import { DomainError, type Fixed, fixed, fixedInt, toText } from "@/server/shared";
import type { ProtectionKind, ProtectionSpec } from "./types";

/** Most protections of one agent, longest lookback and stop (minutes: 90 days), most trades counted. */
const MOST = 8;
const LONGEST = 129_600;
const MOST_TRADES = 1000;

const FIELDS: Readonly<Record<ProtectionKind, readonly string[]>> = {
  "stop-loss-guard": ["lookbackMinutes", "stopMinutes", "tradeLimit", "lossPercent", "onlyPerPair"],
  "max-drawdown": ["lookbackMinutes", "stopMinutes", "tradeLimit", "maxDrawdownPercent"],
  "low-profit-pairs": ["lookbackMinutes", "stopMinutes", "tradeLimit", "requiredProfitPercent"],
  "cooldown-period": ["stopMinutes"],
};

/**
 * Protections from plain JSON (percentages as decimal text). Absent = none. Throws UNKNOWN_PROTECTION, and INVALID_PROTECTION
 * naming the field.
 */
export function parseProtections(input: unknown, at = "protections"): readonly ProtectionSpec[] {
  if (input === undefined || input === null) return [];
  if (!Array.isArray(input) || input.length > MOST) refuse(`must be a list of at most ${MOST} protections`, at);
  return (input as readonly unknown[]).map((one, i) => parseOne(one, `${at}.${i}`));
}

function parseOne(input: unknown, at: string): ProtectionSpec {
  if (typeof input !== "object" || input === null || Array.isArray(input)) refuse("must be an object", at);
  const given = input as Readonly<Record<string, unknown>>;
  const kind = given.kind as ProtectionKind;
  if (typeof kind !== "string" || !Object.hasOwn(FIELDS, kind))
    throw new DomainError("UNKNOWN_PROTECTION", `there is no such protection; there are ${Object.keys(FIELDS).join(", ")}`, { field: `${at}.kind` });
  for (const name of Object.keys(given))
    if (name !== "kind" && !FIELDS[kind].includes(name)) refuse(`${kind} has no "${name.slice(0, 40)}"`, `${at}.${name}`);
  const minutes = (name: string): number => whole(given[name], LONGEST, `${at}.${name}`);
  const stopMinutes = minutes("stopMinutes");
  if (kind === "cooldown-period") return { kind, stopMinutes };
  const common = {
    lookbackMinutes: minutes("lookbackMinutes"),
    stopMinutes,
    tradeLimit: whole(given.tradeLimit, MOST_TRADES, `${at}.tradeLimit`),
  };
  if (kind === "stop-loss-guard") {
    if (given.onlyPerPair !== undefined && typeof given.onlyPerPair !== "boolean") refuse("must be true or false", `${at}.onlyPerPair`);
    return { kind, ...common, lossPercent: percent(given.lossPercent ?? "0", 0, `${at}.lossPercent`), onlyPerPair: given.onlyPerPair === true };
  }
  if (kind === "max-drawdown") {
    const maxDrawdownPercent = percent(given.maxDrawdownPercent, 0, `${at}.maxDrawdownPercent`);
    return { kind, ...common, maxDrawdownPercent };
  }
  return { kind, ...common, requiredProfitPercent: percent(given.requiredProfitPercent ?? "0", -1000, `${at}.requiredProfitPercent`) };
}

function whole(value: unknown, most: number, field: string): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > most) refuse(`must be a whole number from 1 to ${most}`, field);
  return value as number;
}

function percent(value: unknown, least: number, field: string): Fixed {
  let parsed: Fixed | null = null;
  try {
    parsed = typeof value === "bigint" ? (value as Fixed) : typeof value === "string" ? fixed(value) : null;
  } catch {
    parsed = null;
  }
  if (parsed === null || parsed < fixedInt(least) || parsed > fixedInt(1000))
    return refuse(`must be a plain decimal from ${least} to 1000 (per cent)`, field);
  return parsed;
}

function refuse(message: string, field: string): never {
  throw new DomainError("INVALID_PROTECTION", message, { field });
}

/** A protection as recorded and stored: percentages as decimal text. */
export type RecordedProtection = { readonly kind: ProtectionKind } & Readonly<Record<string, string | number | boolean>>;

/** The inverse of {@link parseProtections}. */
export const protectionsAsJson = (specs: readonly ProtectionSpec[]): readonly RecordedProtection[] =>
  specs.map(
    (spec) => Object.fromEntries(Object.entries(spec).map(([k, v]) => [k, typeof v === "bigint" ? toText(v as Fixed) : v])) as RecordedProtection,
  );
