/** Ticks without a turn that will never run: first, last (market ms), how many, and their distance (ms). */
export type TickGap = { readonly from: number; readonly to: number; readonly count: number; readonly intervalMs: number };

/** The ticks after `lastTickAt` and before `before` (market ms; the instants of ticks are multiples of `intervalMs`); null when there is none. */
export function ticksBetween(lastTickAt: number | null, before: number, intervalMs: number): TickGap | null {
  if (lastTickAt === null) return null;
  const from = (Math.floor(lastTickAt / intervalMs) + 1) * intervalMs;
  const to = (Math.ceil(before / intervalMs) - 1) * intervalMs;
  return to >= from ? { from, to, count: (to - from) / intervalMs + 1, intervalMs } : null;
}
