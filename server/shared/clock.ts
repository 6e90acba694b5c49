/** Milliseconds since 1970 UTC. Ports, so that the domain never reads a clock of its own. */
export interface Clock {
  now(): number;
}

/** Wall time: sessions, leases, timeouts. Market time: ticks, fills, settlement, daily loss, orders per hour. */
export type Clocks = { readonly wall: Clock; readonly market: Clock };

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;

/** Start of the UTC day that holds `at`. */
export const utcDayStart = (at: number): number => Math.floor(at / DAY_MS) * DAY_MS;
