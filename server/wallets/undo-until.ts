import { DAY_MS } from "@/server/shared";

/** Wall ms until which a movement asked for at `wallAt` can be taken back: later somebody may have counted on it. */
export const undoUntil = (wallAt: number): number => wallAt + DAY_MS;
