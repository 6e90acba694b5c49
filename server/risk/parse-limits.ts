import { DomainError, type Fixed, fixed } from "@/server/shared";
import type { Limits } from "./types";

const NAMES = ["allowedSymbols", "maxOrderNotional", "maxPositionNotional", "maxDailyLoss", "maxOrdersPerHour"] as const;
type Name = (typeof NAMES)[number];
const SYMBOL = /^[A-Z0-9]{2,12}\/[A-Z0-9]{2,12}$/;

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
    if (!NAMES.includes(name as Name))
      throw new DomainError("UNKNOWN_LIMIT", `there is no limit called "${name.slice(0, 60)}"; there are ${NAMES.join(", ")}`, {
        field: `${at}.${name}`,
      });
  }
  return {
    allowedSymbols: symbols(given.allowedSymbols, `${at}.allowedSymbols`),
    maxOrderNotional: amount(given.maxOrderNotional, `${at}.maxOrderNotional`),
    maxPositionNotional: amount(given.maxPositionNotional, `${at}.maxPositionNotional`),
    maxDailyLoss: amount(given.maxDailyLoss, `${at}.maxDailyLoss`),
    maxOrdersPerHour: count(given.maxOrdersPerHour, `${at}.maxOrdersPerHour`),
  };
}

function symbols(value: unknown, field: string): readonly string[] | null {
  if (value === undefined || value === null) return null;
  if (!Array.isArray(value) || value.length === 0 || !value.every((s) => typeof s === "string" && SYMBOL.test(s)))
    throw new DomainError("INVALID_LIMIT", "allowed symbols must be a list such as BTC/USDT", { field });
  return [...new Set(value as readonly string[])];
}

function amount(value: unknown, field: string): Fixed | null {
  if (value === undefined || value === null) return null;
  const parsed = typeof value === "bigint" ? (value as Fixed) : typeof value === "string" ? parseOrNull(value) : null;
  if (parsed === null || parsed <= 0n) throw new DomainError("INVALID_LIMIT", "must be a plain decimal above zero, or nothing", { field });
  return parsed;
}

function parseOrNull(text: string): Fixed | null {
  try {
    return fixed(text);
  } catch {
    return null;
  }
}

function count(value: unknown, field: string): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > 1000)
    throw new DomainError("INVALID_LIMIT", "must be a whole number from 1 to 1000, or nothing", { field });
  return value;
}
