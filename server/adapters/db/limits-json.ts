import { type Limits, parseLimits } from "@/server/risk";
import { type Fixed, type Json, toText } from "@/server/shared";

const text = (x: Fixed | null): string | null => (x === null ? null : toText(x));

/** Limits as they are stored: decimals as exact text. */
export const limitsToJson = (l: Limits): { [K in keyof Limits]: Json } => ({
  allowedSymbols: l.allowedSymbols,
  maxOrderNotional: text(l.maxOrderNotional),
  maxPositionNotional: text(l.maxPositionNotional),
  maxDailyLoss: text(l.maxDailyLoss),
  maxOrdersPerHour: l.maxOrdersPerHour,
});

/** The inverse of {@link limitsToJson}. Throws UNKNOWN_LIMIT and INVALID_LIMIT: a stored limit that cannot be read is not "no limit". */
export const limitsFromJson = (json: unknown): Limits => parseLimits(json);
