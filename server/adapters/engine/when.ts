const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Ms of text such as "1h30m". Throws RangeError for anything else. */
export function durationMs(spec: string): number {
  const parts = [...spec.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)];
  if (parts.length === 0 || parts.map((p) => p[0]).join("") !== spec) throw new RangeError(`"${spec}" is not a duration`);
  return parts.reduce((sum, [, n, unit]) => sum + Number(n) * (UNITS[unit ?? ""] ?? 0), 0);
}

/** When a sleep or a wait ends (wall ms): from an ISO instant, a number of ms, or text such as "1h30m". Throws RangeError for what is none of them. */
export function sleepUntil(spec: string | number, now: number): number {
  if (typeof spec === "number") return now + spec;
  if (/^\d{4}-\d\d-\d\dT/.test(spec)) {
    const at = Date.parse(spec);
    if (Number.isFinite(at)) return at;
  }
  return now + durationMs(spec);
}

/** Pause before try number `attempt` + 1 (ms): doubles from one second to an hour, with jitter. */
export const backoff = (attempt: number, random: number): number => Math.min(3_600_000, 1000 * 2 ** attempt) * (0.75 + random / 2);

/** What a Retry-After header asks for (wall ms), or null. */
export function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d+$/.test(header)) return now + Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isFinite(at) ? at : null;
}
