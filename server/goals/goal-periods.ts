import { DAY_MS, utcDayStart } from "@/server/shared";
import type { GoalPeriod } from "./types";

/** 1970-01-01 was a Thursday: weeks begin on Monday. */
const MONDAY = 4 * DAY_MS;
const WEEK_MS = 7 * DAY_MS;

/** Start and end (exclusive) of the UTC day, week or month that holds `at` (ms). */
export function periodOf(period: GoalPeriod, at: number): { readonly start: number; readonly end: number } {
  if (period === "day") return { start: utcDayStart(at), end: utcDayStart(at) + DAY_MS };
  if (period === "week") {
    const start = Math.floor((at - MONDAY) / WEEK_MS) * WEEK_MS + MONDAY;
    return { start, end: start + WEEK_MS };
  }
  const date = new Date(at);
  return { start: Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1), end: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) };
}
