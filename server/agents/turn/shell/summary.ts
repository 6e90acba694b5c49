import type { Verdict } from "@/server/risk";
import type { Decision } from "../types";

const MAX = 240;

/** One plain sentence for lists: what was wanted, what risk made of it, and why. */
export function summaryOf(decision: Decision, verdict: Verdict): string {
  const why = decision.reasoning.trim().split(/\n/)[0] ?? "";
  const denied = verdict.outcome === "deny" ? verdict.checks.find((c) => c.outcome === "deny")?.reason : undefined;
  const text = denied ? `Denied: ${denied}` : why;
  return text.length > MAX ? `${text.slice(0, MAX - 1)}…` : text;
}
