import type { Limits } from "@/server/risk";
import { type Fixed, fixed, type Json, toText } from "@/server/shared";

const text = (x: Fixed | null): string | null => (x === null ? null : toText(x));
const amount = (x: unknown): Fixed | null => (typeof x === "string" ? fixed(x) : null);

/** Limits as they are stored: decimals as exact text. */
export const limitsToJson = (l: Limits): { [K in keyof Limits]: Json } => ({
  allowedSymbols: l.allowedSymbols,
  maxOrderNotional: text(l.maxOrderNotional),
  maxPositionNotional: text(l.maxPositionNotional),
  maxDailyLoss: text(l.maxDailyLoss),
  maxOrdersPerHour: l.maxOrdersPerHour,
});

/** The inverse of {@link limitsToJson}; a limit that is not there is no limit. Throws INVALID_DECIMAL on what it did not write. */
export function limitsFromJson(json: unknown): Limits {
  const o = (typeof json === "object" && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  return {
    allowedSymbols: Array.isArray(o.allowedSymbols) ? o.allowedSymbols.map(String) : null,
    maxOrderNotional: amount(o.maxOrderNotional),
    maxPositionNotional: amount(o.maxPositionNotional),
    maxDailyLoss: amount(o.maxDailyLoss),
    maxOrdersPerHour: typeof o.maxOrdersPerHour === "number" ? o.maxOrdersPerHour : null,
  };
}
