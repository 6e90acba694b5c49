import { type Fixed, roundTo, toText } from "@/server/shared";
import type { Goal, GoalDraft, GoalUnit } from "./types";

/** A number with at most two decimals (more below 1), as a person would write it. */
export function plain(x: Fixed): string {
  const small = x < 10n ** 18n && x > -(10n ** 18n);
  return toText(roundTo(x, small ? 4 : 2, "half-even"));
}

/** "5 %", "250 USDT" or "1.5". */
export const amountWords = (x: Fixed, unit: GoalUnit, currency: string): string =>
  unit === "percent" ? `${plain(x)} %` : unit === "quote" ? `${plain(x)} ${currency}` : plain(x);

/** A probability in one word or two. */
export function oddsWords(p: number): string {
  if (p < 0.1) return "very unlikely";
  if (p < 0.35) return "unlikely";
  if (p < 0.65) return "about even";
  return p < 0.9 ? "likely" : "very likely";
}

/** "2026-11-30" of market ms. */
export const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** "profit of 5 % by 2026-11-30": what is asked for, without whose it is. */
export function goalTitle(goal: GoalDraft | Goal, currency: string): string {
  const amount = amountWords(goal.target, goal.unit, currency);
  const by = goal.deadline === null ? "" : ` by ${dayText(goal.deadline - 1)}`;
  const a = goal.period === null ? "" : ` a ${goal.period}`;
  switch (goal.kind) {
    case "profit":
      return `profit of ${amount}${by}`;
    case "balance":
      return `balance of ${amount}${by}`;
    case "drawdown":
      return `drawdown below ${amount}${by === "" ? "" : ` until ${dayText((goal.deadline ?? 0) - 1)}`}`;
    case "return":
      return `return of ${amount}${a}${by}`;
    case "win-rate":
      return `win rate of ${amount}${by}`;
    case "sharpe":
      return `Sharpe ratio of ${amount}${by}`;
    case "volume":
      return `traded volume of ${amount}${by}`;
    case "income":
      return `income of ${amount}${a}${by}`;
  }
}
