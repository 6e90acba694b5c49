const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const two = (n: number): string => String(n).padStart(2, "0");

/** "20 Nov 2026 09:30:00 UTC" of ms since 1970. */
export function utcDateTime(ms: number): string {
  return `${utcDate(ms)} ${utcTime(ms)} UTC`;
}

/** "20 Nov 2026". */
export function utcDate(ms: number): string {
  const d = new Date(ms);
  return `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}`;
}

/** "09:30:00". */
export function utcTime(ms: number): string {
  const d = new Date(ms);
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
}

/** UTC, 24 h: "14:30" today, else "20 Nov 14:30". */
export function shortTime(at: number, now: number, seconds = false): string {
  const d = new Date(at);
  const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}${seconds ? `:${two(d.getUTCSeconds())}` : ""}`;
  return Math.floor(at / 86_400_000) === Math.floor(now / 86_400_000) ? clock : `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${clock}`;
}

/** The machine form for <time datetime>. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

const UNITS = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
  [1000, "second"],
] as const;
const WORDS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/** "four hours", "90 seconds": the largest unit that divides it evenly enough, in words up to twelve. */
export function durationWords(ms: number): string {
  for (const [size, name] of UNITS) {
    const n = Math.round(ms / size);
    if (ms >= size && Math.abs(n * size - ms) <= size * 0.05) return `${WORDS[n] ?? n} ${name}${n === 1 ? "" : "s"}`;
  }
  const seconds = Math.round(ms / 1000);
  return seconds >= 120 ? `${Math.round(seconds / 60)} minutes` : `${seconds} seconds`;
}

/** A short age or length: "4 min", "0.1 s", "3 d". */
export function shortDuration(ms: number): string {
  const abs = Math.max(0, ms);
  if (abs < 10_000) return `${(abs / 1000).toFixed(1)} s`;
  if (abs < 90_000) return `${Math.round(abs / 1000)} s`;
  if (abs < 5_400_000) return `${Math.round(abs / 60_000)} min`;
  if (abs < 129_600_000) return `${Math.round(abs / 3_600_000)} h`;
  return `${Math.round(abs / 86_400_000)} d`;
}
