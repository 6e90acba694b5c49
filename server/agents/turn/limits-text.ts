import type { RecordedLimits } from "./core-types";

/** Limits as a sentence's list, for people and models. */
export function limitsText(limits: RecordedLimits, unit: string): string {
  const parts = [
    limits.allowedSymbols ? `only ${limits.allowedSymbols.join(", ")}` : null,
    limits.maxOrderNotional ? `one order at most ${limits.maxOrderNotional} ${unit}` : null,
    limits.maxPositionNotional ? `a position at most ${limits.maxPositionNotional} ${unit}` : null,
    limits.maxDailyLoss ? `daily loss at most ${limits.maxDailyLoss} ${unit}` : null,
    limits.maxOrdersPerHour ? `at most ${limits.maxOrdersPerHour} orders an hour` : null,
  ].filter((p) => p !== null);
  return parts.length ? parts.join("; ") : "none";
}
