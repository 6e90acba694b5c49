import type { RunRow } from "@/server/api/contract";

/** What a run's function does, in words; its id where this page does not know it. */
export function functionWords(functionId: string): string {
  const name = functionId.replace(/^memepulse-/, "");
  return WORDS[name] ?? name.replace(/-failure$/, ", after it failed");
}

const WORDS: Readonly<Record<string, string>> = {
  "schedule-decisions": "Plan the coming ticks",
  "run-decision": "Make a decision",
  "decide-when-asked": "Make a decision that was asked for",
  "settle-decisions": "Settle and resume decisions",
  "finish-transition": "Start or stop an agent",
  "expire-stale": "Forget what has expired",
};

/** The mark before a run's state: its colour is never the only sign, the word stands beside it. */
export function statusClass(status: RunRow["status"] | "waiting" | "retrying"): string {
  if (status === "failed") return "halt";
  if (status === "completed") return "on";
  return status === "cancelled" ? "off" : "cool";
}

/** How long it took, or has taken so far (ms). */
export const lengthOf = (run: { startedAt: number | null; queuedAt?: number; endedAt: number | null }, now: number): number =>
  (run.endedAt ?? now) - (run.startedAt ?? run.queuedAt ?? now);
