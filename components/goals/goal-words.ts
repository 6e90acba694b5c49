import { formatFigure } from "@/components/format/decimal-text";
import { utcDate } from "@/components/format/time-text";
import type { GoalDraftInput, GoalView } from "@/server/api/contract/goals";

const THIN = " ";

/** "5 %", "250.00 USDT" or "1.50" of a goal's own unit. */
export function amountText(value: string, unit: GoalView["unit"], currency: string): string {
  if (unit === "percent") return `${formatFigure(value, { min: 2, max: 2 })}${THIN}%`;
  if (unit === "quote") return `${formatFigure(value, { min: 2, max: 2 })}${THIN}${currency}`;
  return formatFigure(value, { min: 2, max: 2 });
}

/** A probability in whole per cent; never 0 or 100 unless it is. */
export function percentText(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 0 && share > 0) return `under 1${THIN}%`;
  if (rounded === 100 && share < 1) return `over 99${THIN}%`;
  return `${rounded}${THIN}%`;
}

export const STATUS_WORDS: Readonly<Record<GoalView["status"], string>> = {
  draft: "Draft",
  active: "Active",
  paused: "Paused",
  achieved: "Reached",
  missed: "Missed",
  stopped: "Stopped",
};

export const ACTION_WORDS: Readonly<Record<string, string>> = { pause: "Pause", resume: "Resume", reopen: "Reopen", stop: "Stop" };

/** The last day that counts; a deadline is the instant after it. */
export const lastDay = (deadline: number): string => utcDate(deadline - 1);

type Rule = NonNullable<GoalDraftInput["onAchieved"]>;

/** What follows once a goal is reached, as one sentence. */
export function followsText(rule: Rule): string {
  const collected: Readonly<Record<string, string>> = {
    all: "all free cash is collected",
    profit: "the profit is collected",
    share: `${rule.collectPercent ?? "?"}${THIN}% of the profit is collected`,
  };
  const after: Readonly<Record<string, string>> = {
    stop: "the agents stop",
    "reduce-only": "only what is held is sold from then on",
    raise: `the target is raised by ${rule.raisePercent ?? "?"}${THIN}%`,
  };
  const parts = [
    rule.closeFirst ? "positions are sold first" : null,
    collected[rule.collect ?? "none"] ?? null,
    after[rule.after ?? "continue"] ?? null,
  ].filter((part): part is string => part !== null);
  if (parts.length === 0) return "Once reached, nothing changes.";
  const money = rule.collect && rule.collect !== "none" ? " Only free cash is moved, never what is in open positions." : "";
  return `Once reached, ${parts.join(", ")}.${money}`;
}

/** A draft in words: what the confirmation names before the server has looked at it. */
export const draftKey = (draft: GoalDraftInput): string => `${draft.nodeId}:${draft.kind}:${draft.target}:${draft.period ?? ""}`;
