import type { Clock } from "@/server/shared";

/** The machine's clock. */
export const systemClock: Clock = { now: () => Date.now() };
