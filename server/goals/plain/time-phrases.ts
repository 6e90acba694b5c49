import { DAY_MS, HOUR_MS, utcDayStart } from "@/server/shared";
import { periodOf } from "../goal-periods";
import type { GoalPeriod } from "../types";
import type { Token } from "./lex";

/** What a sentence says of time: the instant after the last one that counts, and a period that begins anew. */
export type TimeReading = {
  readonly deadline: number | null;
  readonly periods: readonly { readonly at: number; readonly period: GoalPeriod }[];
  /** Tokens that were read. */
  readonly taken: ReadonlySet<number>;
  /** A date that could be a day or a month first; null when none. */
  readonly trouble: { readonly raw: string; readonly at: number; readonly choices: readonly [string, string] } | null;
};

const MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];
const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const COUNTS: Readonly<Record<string, number>> = {
  a: 1,
  an: 1,
  one: 1,
  two: 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  ten: 10,
  fourteen: 14,
  thirty: 30,
};
const EVERY: Readonly<Record<string, GoalPeriod>> = { daily: "day", weekly: "week", monthly: "month" };
const LEAD = new Set(["by", "until", "till", "before", "within", "in", "over", "for", "the", "end", "of", "next", "on", "during", "til"]);

const monthOf = (text: string): number => (text.length >= 3 ? MONTHS.findIndex((m) => m === text || (m.startsWith(text) && text.length <= 4)) : -1);
const unitOf = (text: string): GoalPeriod | "hour" | "year" | null => {
  const single = text.endsWith("s") ? text.slice(0, -1) : text;
  return single === "day" || single === "week" || single === "month" || single === "hour" || single === "year" ? single : null;
};
const addMonths = (at: number, months: number): number => {
  const d = new Date(at);
  const last = new Date(Date.UTC(d.getUTCFullYear(), d.getUTCMonth() + months + 1, 0)).getUTCDate();
  return Date.UTC(
    d.getUTCFullYear(),
    d.getUTCMonth() + months,
    Math.min(d.getUTCDate(), last),
    d.getUTCHours(),
    d.getUTCMinutes(),
    d.getUTCSeconds(),
    d.getUTCMilliseconds(),
  );
};
const yearEnd = (at: number): number => Date.UTC(new Date(at).getUTCFullYear() + 1, 0, 1);

/** Reads the time phrases of a sentence at market time `now`. Days, weeks and months are those of UTC. */
export function readTime(tokens: readonly Token[], now: number): TimeReading {
  const taken = new Set<number>();
  const periods: { at: number; period: GoalPeriod }[] = [];
  let [deadline, trouble]: [number | null, TimeReading["trouble"]] = [null, null];
  const text = (i: number): string => tokens[i]?.text ?? "";
  /** Marks tokens, and the small words in front of them that belong to them. */
  const take = (from: number, to: number): void => {
    for (let i = from; i < to; i++) taken.add(i);
    for (let i = from - 1; i >= 0 && LEAD.has(text(i)); i--) taken.add(i);
  };
  const until = (at: number, from: number, to: number): void => {
    deadline ??= at;
    take(from, to);
  };
  for (let i = 0; i < tokens.length; i++) {
    if (taken.has(i)) continue;
    const word = text(i);
    const before = text(i - 1);
    const unit = unitOf(word);
    if (word in EVERY) {
      periods.push({ at: i, period: EVERY[word] as GoalPeriod });
      taken.add(i);
    } else if (unit && unit !== "hour" && unit !== "year" && ["per", "each", "every", "a", "/"].includes(before) && !isCount(text, i - 1)) {
      periods.push({ at: i, period: unit });
      taken.add(i).add(i - 1);
    } else if (word === "today" || word === "tonight") until(utcDayStart(now) + DAY_MS, i, i + 1);
    else if (word === "tomorrow") until(utcDayStart(now) + 2 * DAY_MS, i, i + 1);
    else if (unit && unit !== "hour" && ["this", "the", "next", "current"].includes(before)) {
      const end = (at: number): number => (unit === "year" ? yearEnd(at) : periodOf(unit, at).end);
      // "in the next week" is seven days from now; "next week" the calendar's next one.
      const rolling = before === "next" && text(i - 2) === "the" && ["in", "over", "within", "for", "during"].includes(text(i - 3));
      const at = rolling ? ahead(now, 1, unit) : before === "next" ? end(end(now)) : end(now);
      until(at, i - 1, i + 1);
    } else if (word === "month-end" || (word === "month" && text(i + 1) === "end"))
      until(periodOf("month", now).end, i, word === "month" ? i + 2 : i + 1);
    else if (unit && countAt(tokens, i - 1) !== null && isSpan(text, i - 1)) until(ahead(now, countAt(tokens, i - 1) as number, unit), i - 1, i + 1);
    else if (DAYS.includes(word)) {
      const day = (DAYS.indexOf(word) - new Date(now).getUTCDay() + 7) % 7;
      until(utcDayStart(now) + (day + 1) * DAY_MS, i, i + 1);
    } else if (/^\d{4}-\d{2}-\d{2}$/.test(word)) {
      const at = Date.parse(`${word}T00:00:00Z`);
      if (!Number.isNaN(at)) until(at + DAY_MS, i, i + 1);
    } else if (/^\d{1,2}[/.]\d{1,2}([/.]\d{0,4})?$/.test(word) && tokens[i]?.number === null) {
      const [a = 0, b = 0, year] = word.split(/[/.]/).map((x) => (x === "" ? undefined : Number(x)));
      const dotted = word.includes(".");
      // With points the day comes first everywhere; with slashes it depends on where one lives.
      if (!dotted && a <= 12 && b <= 12 && a !== b) {
        trouble ??= { raw: word, at: tokens[i]?.start ?? 0, choices: [isoDate(now, a, b, year), isoDate(now, b, a, year)] };
        take(i, i + 1);
      } else {
        const [day, month] = dotted || a > 12 ? [a, b] : [b, a];
        until(Date.parse(`${isoDate(now, day, month, year)}T00:00:00Z`) + DAY_MS, i, i + 1);
      }
    } else if (monthOf(word) >= 0 && (word !== "may" || countAt(tokens, i - 1) !== null || countAt(tokens, i + 1) !== null || LEAD.has(before))) {
      const [dayBefore, dayAfter] = [dayNumber(tokens, i - 1), dayNumber(tokens, i + 1)];
      const day = dayBefore ?? dayAfter;
      const [from, to] = [dayBefore === null ? i : i - (text(i - 1) === "of" ? 2 : 1), dayBefore === null && dayAfter !== null ? i + 2 : i + 1];
      const year = /^20\d\d$/.test(text(to)) ? Number(text(to)) : undefined;
      const month = monthOf(word) + 1;
      const start = Date.parse(`${isoDate(now, day ?? 1, month, year)}T00:00:00Z`);
      until(day === null ? periodOf("month", start).end : start + DAY_MS, from, year === undefined ? to : to + 1);
    }
  }
  return { deadline, periods, taken, trouble };
}

const isSpan = (text: (i: number) => string, at: number): boolean => !["per", "each"].includes(text(at - 1));
const isCount = (text: (i: number) => string, at: number): boolean => text(at) === "a" && ["in", "within", "over", "for"].includes(text(at - 1));

function countAt(tokens: readonly Token[], i: number): number | null {
  const token = tokens[i];
  if (!token) return null;
  if (token.number !== null && /^\d{1,3}$/.test(token.number)) return Number(token.number);
  // "a week" alone is a period; "in a week" is a span.
  if ((token.text === "a" || token.text === "an") && !["in", "within", "over", "for"].includes(tokens[i - 1]?.text ?? "")) return null;
  return COUNTS[token.text] ?? null;
}

function dayNumber(tokens: readonly Token[], i: number): number | null {
  const found = /^(\d{1,2})(st|nd|rd|th)?$/.exec(tokens[i]?.text ?? "");
  const day = found ? Number(found[1]) : 0;
  return day >= 1 && day <= 31 ? day : null;
}

function ahead(now: number, count: number, unit: GoalPeriod | "hour" | "year"): number {
  if (unit === "hour") return now + count * HOUR_MS;
  if (unit === "day") return now + count * DAY_MS;
  if (unit === "week") return now + count * 7 * DAY_MS;
  return addMonths(now, unit === "month" ? count : 12 * count);
}

/** The next such day, in this year or the next. */
function isoDate(now: number, day: number, month: number, year?: number): string {
  const pad = (x: number): string => String(x).padStart(2, "0");
  const full = year === undefined ? null : year < 100 ? 2000 + year : year;
  const today = utcDayStart(now);
  const thisYear = new Date(now).getUTCFullYear();
  const text = (y: number): string => `${y}-${pad(month)}-${pad(day)}`;
  if (full !== null) return text(full);
  return Date.parse(`${text(thisYear)}T00:00:00Z`) < today ? text(thisYear + 1) : text(thisYear);
}
