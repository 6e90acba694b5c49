import { DomainError, type Fixed, fixed, fixedInt, ONE } from "@/server/shared";
import { FIRST_LIMITS, LIMIT_NAMES, LIMIT_SPECS, type LimitName, type LimitSpec } from "./limit-specs";
import type { Limits } from "./types";

const SYMBOL = /^[A-Z0-9]{2,12}\/[A-Z0-9]{2,12}$/;
const SECTOR = /^[a-z0-9][a-z0-9 -]{0,39}$/;
const HOURS = /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/;
const MOST_SECTORS = 200;

/** No limit at all; agents and workspaces start from their own. */
export const NO_LIMITS: Limits = {
  allowedSymbols: null,
  maxOrderNotional: null,
  maxPositionNotional: null,
  maxDailyLoss: null,
  maxOrdersPerHour: null,
};

/**
 * Limits from plain JSON (decimals as text), as configured or as stored. A limit that is left out is no limit.
 * Throws UNKNOWN_LIMIT (a name that is not ours: a typing error must not silently mean "no limit") and INVALID_LIMIT, naming the field.
 */
export function parseLimits(input: unknown, at = "limits"): Limits {
  if (typeof input !== "object" || input === null || Array.isArray(input))
    throw new DomainError("INVALID_LIMIT", "limits must be an object", { field: at });
  const given = input as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(given)) {
    if (!LIMIT_NAMES.includes(name as LimitName))
      throw new DomainError("UNKNOWN_LIMIT", `there is no limit called "${name.slice(0, 60)}"; there are ${LIMIT_NAMES.join(", ")}`, {
        field: `${at}.${name}`,
      });
  }
  const out: Partial<Record<LimitName, unknown>> = { ...NO_LIMITS };
  for (const name of LIMIT_NAMES) {
    const value = given[name];
    if (value === undefined || value === null) continue;
    const parsed = parse(LIMIT_SPECS[name], value);
    if ("problem" in parsed) throw new DomainError("INVALID_LIMIT", parsed.problem, { field: `${at}.${name}` });
    out[name] = parsed.value;
  }
  return out as unknown as Limits;
}

/** Limits as plain JSON, decimals as exact text: the inverse of {@link parseLimits}. Limits that came later are only written when set. */
export function limitsAsJson(limits: Limits, text: (x: Fixed) => string): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const name of LIMIT_NAMES) {
    const value = limits[name] ?? null;
    if (value === null && !(FIRST_LIMITS as readonly string[]).includes(name)) continue;
    out[name] = typeof value === "bigint" ? text(value as Fixed) : value;
  }
  return out;
}

type Parsed = { readonly value: unknown } | { readonly problem: string };

function parse(spec: LimitSpec, value: unknown): Parsed {
  switch (spec.kind) {
    case "symbols":
      if (!Array.isArray(value) || value.length === 0 || !value.every((s) => typeof s === "string" && SYMBOL.test(s)))
        return { problem: "allowed symbols must be a list such as BTC/USDT" };
      return { value: [...new Set(value as readonly string[])] };
    case "count": {
      const [low, high] = [spec.min ?? 1, spec.max ?? 1000];
      if (typeof value !== "number" || !Number.isInteger(value) || value < low || value > high)
        return { problem: `must be a whole number from ${low} to ${high}, or nothing` };
      return { value };
    }
    case "hours":
      if (typeof value !== "string" || !HOURS.test(value) || value.slice(0, 5) === value.slice(6))
        return { problem: "must be two different times such as 08:00-20:00 (UTC), or nothing" };
      return { value };
    case "sectors":
      return sectors(value);
    default:
      return decimal(spec, value);
  }
}

function decimal(spec: LimitSpec, value: unknown): Parsed {
  const parsed = typeof value === "bigint" ? (value as Fixed) : typeof value === "string" ? parseOrNull(value) : null;
  if (parsed === null || parsed <= 0n) return { problem: "must be a plain decimal above zero, or nothing" };
  if (spec.kind === "fraction" && parsed >= ONE) return { problem: "must be above 0 and below 1, or nothing" };
  if (spec.kind === "percent" && parsed > fixedInt(spec.max ?? 100)) return { problem: `must be at most ${spec.max ?? 100} per cent, or nothing` };
  return { value: parsed };
}

function sectors(value: unknown): Parsed {
  const problem = 'must name the sector of markets, such as "BTC/USDT": "store of value"';
  if (typeof value !== "object" || value === null || Array.isArray(value)) return { problem };
  const entries = Object.entries(value);
  if (entries.length > MOST_SECTORS) return { problem: `must name at most ${MOST_SECTORS} markets` };
  if (!entries.every(([symbol, sector]) => SYMBOL.test(symbol) && typeof sector === "string" && SECTOR.test(sector))) return { problem };
  return { value: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

function parseOrNull(text: string): Fixed | null {
  try {
    return fixed(text);
  } catch {
    return null;
  }
}
