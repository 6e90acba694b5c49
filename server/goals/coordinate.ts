import { div, type Fixed, fixed, min, mul, roundTo, sub, sum, ZERO } from "@/server/shared";
import { plain } from "./goal-words";

/** One child of a farm or master that competes for capital. Money in base currency. */
export type Contender = {
  readonly nodeId: string;
  readonly name: string;
  readonly equity: Fixed;
  /** Of its most important active goal: priority 1 to 5, share of the way done, odds (null = unknown). Null without a goal. */
  readonly goal: { readonly id: string; readonly priority: number; readonly done: number; readonly probability: number | null } | null;
};

/** What one child should have, and its part of the loss that is still allowed. */
export type CapitalShare = {
  readonly nodeId: string;
  /** Per cent of the children's money. */
  readonly share: Fixed;
  readonly wanted: Fixed;
  readonly change: Fixed;
  /** Base currency; null when no ceiling bounds the whole. */
  readonly riskBudget: Fixed | null;
  readonly why: string;
};

/** A child ends with at least half and at most twice what it has, however the goals look. */
export const SHARE_BOUNDS = { least: 0.5, most: 2 } as const;
/** Odds of a goal of which nothing is known. */
const UNKNOWN_ODDS = 0.5;

/** (6 − priority) × odds (0.05 to 0.95) × (¼ + ¾ × what is missing); without a goal: as one of the lowest priority with unknown odds. */
export function goalScore(goal: Contender["goal"]): number {
  if (goal === null) return 1 * UNKNOWN_ODDS * 0.25;
  const odds = Math.min(0.95, Math.max(0.05, goal.probability ?? UNKNOWN_ODDS));
  return (6 - goal.priority) * odds * (0.25 + 0.75 * (1 - Math.min(1, Math.max(0, goal.done))));
}

/**
 * Divides the money the children have now (and `lossLeft`, the loss the ceiling above still allows) by score. Each share is held between
 * half and twice today's; what that frees or takes is spread over the others. Adds up to the money there is, to the cent.
 */
export function coordinate(children: readonly Contender[], lossLeft: Fixed | null): readonly CapitalShare[] {
  const funded = children.filter((c) => c.equity > ZERO);
  const total = sum(funded.map((c) => c.equity));
  if (total <= ZERO || funded.length === 0) return [];
  const wanted = bounded(funded, Number(total));
  const money = wanted.map((x) => roundTo(mul(total, fixed(x.toFixed(12)), "down"), 2, "down"));
  const rest = sub(total, sum(money));
  const largest = wanted.indexOf(Math.max(...wanted));
  return funded.map((c, i) => {
    const amount = ((money[i] as Fixed) + (i === largest ? rest : 0n)) as Fixed;
    const share = div(amount, total, "half-even");
    return {
      nodeId: c.nodeId,
      share: roundTo(mul(share, fixed("100"), "half-even"), 4, "half-even"),
      wanted: amount,
      change: sub(amount, c.equity),
      riskBudget: lossLeft === null ? null : roundTo(mul(min(lossLeft, total), share, "down"), 2, "down"),
      why: whyOf(c, amount),
    };
  });
}

/** Shares (sum 1): clamp(λ × score, ½ × today's, 2 × today's) with the one λ for which they add up, found by bisection. */
function bounded(children: readonly Contender[], total: number): readonly number[] {
  const now = children.map((c) => Number(c.equity) / total);
  const scores = children.map((c) => goalScore(c.goal));
  const at = (lambda: number): readonly number[] =>
    now.map((share, i) => Math.min(SHARE_BOUNDS.most * share, Math.max(SHARE_BOUNDS.least * share, lambda * (scores[i] as number))));
  let [low, high] = [0, Math.max(...now.map((share, i) => (SHARE_BOUNDS.most * share) / (scores[i] as number)))];
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2;
    if (at(middle).reduce((a, b) => a + b, 0) < 1) low = middle;
    else high = middle;
  }
  return at(low);
}

function whyOf({ name, goal, equity }: Contender, wanted: Fixed): string {
  const moves = wanted > equity ? "more" : wanted < equity ? "less" : "as much";
  if (goal === null) return `${name} has no goal: it counts as the lowest priority (${moves} than today's ${plain(equity)}).`;
  const odds = goal.probability === null ? "unknown odds" : `odds of ${Math.round(goal.probability * 100)} %`;
  return `${name}: priority ${goal.priority}, ${odds}, ${Math.round((1 - goal.done) * 100)} % of the way missing, score ${goalScore(goal).toFixed(2)}: ${moves} than today's ${plain(equity)}.`;
}
