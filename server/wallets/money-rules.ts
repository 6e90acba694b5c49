import { DomainError, type Fixed, fixed, fixedInt, toText } from "@/server/shared";
import type { MoneyRules } from "./types";

export const NO_MONEY_RULES: MoneyRules = {
  reserve: null,
  reservePercent: null,
  maxAgentPercent: null,
  maxFarmPercent: null,
  cooldownSeconds: null,
  approvalFrom: null,
};
const AMOUNTS = ["reserve", "approvalFrom"] as const;
const PERCENTS = ["reservePercent", "maxAgentPercent", "maxFarmPercent"] as const;
const LONGEST_COOLDOWN = 30 * 86_400;

/** Rules from plain JSON (decimals as text). Throws UNKNOWN_MONEY_RULE, INVALID_MONEY_RULE, each naming its field. */
export function parseMoneyRules(input: unknown, at = "rules"): MoneyRules {
  if (input === null || input === undefined) return NO_MONEY_RULES;
  if (typeof input !== "object" || Array.isArray(input)) throw new DomainError("INVALID_MONEY_RULE", "rules must be an object", { field: at });
  const given = input as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given))
    if (!(name in NO_MONEY_RULES))
      throw new DomainError("UNKNOWN_MONEY_RULE", `There is no rule called “${name.slice(0, 60)}”.`, { field: `${at}.${name}` });
  const out: Record<string, Fixed | number | null> = { ...NO_MONEY_RULES };
  for (const name of AMOUNTS) out[name] = decimal(given[name], `${at}.${name}`, null);
  for (const name of PERCENTS) out[name] = decimal(given[name], `${at}.${name}`, fixedInt(100));
  const cooldown = given.cooldownSeconds ?? null;
  if (cooldown !== null && (typeof cooldown !== "number" || !Number.isInteger(cooldown) || cooldown < 1 || cooldown > LONGEST_COOLDOWN))
    throw new DomainError("INVALID_MONEY_RULE", "The pause between movements is whole seconds, from 1 to 30 days.", {
      field: `${at}.cooldownSeconds`,
    });
  out.cooldownSeconds = cooldown as number | null;
  return out as unknown as MoneyRules;
}

/** The inverse of {@link parseMoneyRules}: only what is set. */
export function moneyRulesAsJson(rules: MoneyRules): Record<string, string | number> {
  const out: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(rules)) if (value !== null) out[name] = typeof value === "number" ? value : toText(value as Fixed);
  return out;
}

function decimal(value: unknown, field: string, most: Fixed | null): Fixed | null {
  if (value === undefined || value === null) return null;
  const problem = (message: string) => new DomainError("INVALID_MONEY_RULE", message, { field });
  if (typeof value !== "string") throw problem("This is a decimal number as text.");
  let parsed: Fixed;
  try {
    parsed = fixed(value);
  } catch {
    throw problem(`“${value.slice(0, 40)}” is not a decimal number.`);
  }
  if (parsed <= 0n) throw problem("This must be above zero; leave it empty for no such rule.");
  if (most !== null && parsed > most) throw problem(`This is ${toText(most)} per cent at most.`);
  return parsed;
}
