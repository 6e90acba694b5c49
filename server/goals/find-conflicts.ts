import { add, type Fixed, sub, toNumber, ZERO } from "@/server/shared";
import { GOAL_SPECS } from "./goal-specs";
import { amountWords, dayText, goalTitle, plain } from "./goal-words";
import type { Goal, NodeAbove } from "./types";

export const CONFLICT_KINDS = [
  "risk-against-ceiling",
  "same-profit-twice",
  "stops-before-the-other-ends",
  "looser-than-above",
  "later-than-above",
  "parts-below-whole",
  "contained",
] as const;
export type ConflictKind = (typeof CONFLICT_KINDS)[number];

/** Two goals (or one and several) that cannot all be had. `text` names both, with numbers. */
export type GoalConflict = { readonly kind: ConflictKind; readonly goalIds: readonly string[]; readonly text: string };

/** A goal with where it stands: odds alone and with the ceiling kept, where they are known. */
export type StandingGoal = { readonly goal: Goal; readonly equity: Fixed; readonly probability: number | null; readonly withCeiling: number | null };

export type ConflictGround = { readonly nodes: readonly NodeAbove[]; readonly currency: string };

/** Gain asked for against the loss allowed, beyond which a pair is doubted while there is no record to ask. */
const DOUBTFUL_RATIO = 5;

/** Conflicts among the goals that are active. Pure; each is found once, whatever the order of the goals. */
export function findConflicts(all: readonly StandingGoal[], ground: ConflictGround): readonly GoalConflict[] {
  const active = all.filter((s) => s.goal.status === "active" || s.goal.status === "paused").sort((a, b) => (a.goal.id < b.goal.id ? -1 : 1));
  const parents = new Map(ground.nodes.map((n) => [n.id, n.parentId]));
  const above = (upper: string, lower: string): boolean => {
    for (let id = parents.get(lower) ?? null, hops = 0; id !== null && hops < 100; id = parents.get(id) ?? null, hops++)
      if (id === upper) return true;
    return false;
  };
  const name = (s: StandingGoal): string =>
    `"${goalTitle(s.goal, ground.currency)}" of ${ground.nodes.find((n) => n.id === s.goal.nodeId)?.name ?? "a node"}`;
  const found: GoalConflict[] = [];
  for (const a of active)
    for (const b of active) {
      if (a === b) continue;
      const same = a.goal.nodeId === b.goal.nodeId;
      const over = above(a.goal.nodeId, b.goal.nodeId);
      if (!same && !over) continue;
      const pair = (kind: ConflictKind, text: string | null): void => {
        if (text !== null) found.push({ kind, goalIds: [a.goal.id, b.goal.id], text });
      };
      pair("risk-against-ceiling", ceiling(a, b, name));
      if (over || a.goal.id < b.goal.id) pair("same-profit-twice", sameProfit(a, b, name));
      pair("stops-before-the-other-ends", stops(a, b, name));
      if (over) {
        pair("looser-than-above", looser(a, b, name));
        pair("later-than-above", later(a, b, name));
      }
      if (same) pair("contained", contained(a, b, name, ground.currency));
    }
  return [...found, ...wholes(active, above, name, ground.currency)];
}

type Name = (s: StandingGoal) => string;
const isTarget = (g: Goal): boolean => GOAL_SPECS[g.kind].collects;
const percent = (p: number): string => `${Math.round(p * 100)} %`;

/** Gain that a goal still asks for, per cent of today's equity; null when it is none or there is no equity. */
function gainWanted({ goal, equity }: StandingGoal): number | null {
  if (!isTarget(goal)) return null;
  if (goal.unit === "percent") return toNumber(goal.target);
  if (equity <= ZERO) return null;
  const money = goal.kind === "balance" ? sub(goal.target, equity) : goal.target;
  return (toNumber(money) / toNumber(equity)) * 100;
}

/** `a` is a ceiling over the target `b` (same node or above it). */
function ceiling(a: StandingGoal, b: StandingGoal, name: Name): string | null {
  if (a.goal.kind !== "drawdown" || !isTarget(b.goal)) return null;
  const limit = `${plain(a.goal.target)} %`;
  if (b.probability !== null && b.withCeiling !== null) {
    if (b.probability < 0.05 || b.withCeiling >= b.probability / 2) return null;
    return `${name(b)} is reached in ${percent(b.probability)} of the forecasts, but in only ${percent(b.withCeiling)} before the drawdown passes the ${limit} of ${name(a)}.`;
  }
  const gain = gainWanted(b);
  const ratio = gain === null ? 0 : gain / toNumber(a.goal.target);
  if (gain === null || ratio <= DOUBTFUL_RATIO) return null;
  return `${name(b)} asks for a gain of ${gain.toFixed(1)} % while ${name(a)} allows a fall of ${limit}: ${ratio.toFixed(1)} of gain for each 1 of loss, more than ${DOUBTFUL_RATIO}; there is too little record to say more.`;
}

function sameProfit(a: StandingGoal, b: StandingGoal, name: Name): string | null {
  if (a.goal.onAchieved.collect === "none" || b.goal.onAchieved.collect === "none") return null;
  return `${name(a)} and ${name(b)} both collect the profit of the same money; what one has taken, the other will not find.`;
}

/** `a` stops the agents that `b` still needs. */
function stops(a: StandingGoal, b: StandingGoal, name: Name): string | null {
  if (a.goal.onAchieved.after !== "stop" || !isTarget(a.goal) || b.goal.kind === "drawdown") return null;
  const needsOn = GOAL_SPECS[b.goal.kind].recurring || (b.goal.deadline !== null && (a.goal.deadline === null || b.goal.deadline > a.goal.deadline));
  if (!needsOn) return null;
  const until = b.goal.deadline === null ? "with no end" : `until ${dayText(b.goal.deadline - 1)}`;
  return `${name(a)} stops trading as soon as it is reached; ${name(b)} needs it to go on ${until}.`;
}

function looser(a: StandingGoal, b: StandingGoal, name: Name): string | null {
  if (a.goal.kind !== "drawdown" || b.goal.kind !== "drawdown" || b.goal.target <= a.goal.target) return null;
  return `${name(b)} allows ${plain(b.goal.target)} %, more than the ${plain(a.goal.target)} % of ${name(a)} above it; the narrower one acts first.`;
}

function later(a: StandingGoal, b: StandingGoal, name: Name): string | null {
  if (!isTarget(a.goal) || !isTarget(b.goal) || a.goal.deadline === null || b.goal.deadline === null || b.goal.deadline <= a.goal.deadline)
    return null;
  return `${name(b)} ends ${dayText(b.goal.deadline - 1)}, after ${name(a)}, which it works for and which ends ${dayText(a.goal.deadline - 1)}.`;
}

/** The same thing asked for twice of the same node: `a` is reached on the way to `b`. */
function contained(a: StandingGoal, b: StandingGoal, name: Name, currency: string): string | null {
  const [x, y] = [a.goal, b.goal];
  if (x.kind !== y.kind || x.unit !== y.unit || x.period !== y.period) return null;
  const narrower = GOAL_SPECS[x.kind].sense === "keep-below" ? x.target < y.target : x.target > y.target;
  const equal = x.target === y.target && x.id < y.id;
  if (!narrower && !equal) return null;
  const inTime = x.deadline === null ? y.deadline === null : y.deadline === null || x.deadline <= y.deadline;
  return inTime ? `${name(b)} says no more than ${name(a)}: ${amountWords(x.target, x.unit, currency)} holds for both.` : null;
}

/** Profit targets of the parts that do not add up to that of the whole. */
function wholes(
  active: readonly StandingGoal[],
  above: (upper: string, lower: string) => boolean,
  name: Name,
  currency: string,
): readonly GoalConflict[] {
  const money = (s: StandingGoal): Fixed | null => (s.goal.kind === "profit" && s.goal.unit === "quote" ? s.goal.target : null);
  return active.flatMap((whole) => {
    const wanted = money(whole);
    const parts =
      wanted === null ? [] : active.filter((s) => money(s) !== null && s.goal.nodeKind === "agent" && above(whole.goal.nodeId, s.goal.nodeId));
    const sum = parts.reduce((total, s) => add(total, money(s) ?? ZERO), ZERO);
    if (wanted === null || parts.length < 2 || sum >= wanted) return [];
    return [
      {
        kind: "parts-below-whole" as const,
        goalIds: [whole.goal.id, ...parts.map((p) => p.goal.id)],
        text: `${name(whole)} asks for ${plain(wanted)} ${currency}; the ${parts.length} agents' goals below it add up to ${plain(sum)}.`,
      },
    ];
  });
}
