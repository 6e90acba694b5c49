import { LIMIT_NAMES, LIMIT_SPECS } from "@/server/risk";
import type { RecordedLimits } from "./core-types";

/** Limits as a sentence's list, for people and models. */
export function limitsText(limits: RecordedLimits, unit: string): string {
  const first = [
    limits.allowedSymbols ? `only ${limits.allowedSymbols.join(", ")}` : null,
    limits.maxOrderNotional ? `one order at most ${limits.maxOrderNotional} ${unit}` : null,
    limits.maxPositionNotional ? `a position at most ${limits.maxPositionNotional} ${unit}` : null,
    limits.maxDailyLoss ? `daily loss at most ${limits.maxDailyLoss} ${unit}` : null,
    limits.maxOrdersPerHour ? `at most ${limits.maxOrdersPerHour} orders an hour` : null,
  ].filter((p) => p !== null);
  const parts = [...first, ...laterTexts(limits, unit)];
  return parts.length ? parts.join("; ") : "none";
}

const FIRST: ReadonlySet<string> = new Set(["allowedSymbols", "maxOrderNotional", "maxPositionNotional", "maxDailyLoss", "maxOrdersPerHour"]);

/** Those that came after the first version, in the words of their own table. */
function laterTexts(limits: RecordedLimits, unit: string): readonly string[] {
  return LIMIT_NAMES.flatMap((name) => {
    const value = FIRST.has(name) ? undefined : limits[name];
    if (value === undefined || value === null || typeof value === "object") return [];
    const spec = LIMIT_SPECS[name];
    const measure = spec.unit === "quote" ? ` ${unit}` : spec.unit === "" ? "" : ` ${spec.unit}`;
    return [`${spec.title.charAt(0).toLowerCase()}${spec.title.slice(1)}: ${value}${measure}`];
  });
}
