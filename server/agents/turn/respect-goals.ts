import { add, div, type Fixed, fixed, max, min, mul, ONE, roundTo, sub, sum, toText, ZERO } from "@/server/shared";
import type { TurnInputs } from "./core-types";
import { goalBudget } from "./goal-budget";
import { holdDecision } from "./hold-decision";
import { claimedBySells, heldOf, instrumentOf, lastPriceOf } from "./risk-situation";
import type { Decision, GoalEffect } from "./types";

/** A position is only trimmed once it exceeds the goals' exposure by so many points of equity, so that noise sells nothing. */
export const TRIM_BAND = fixed("10");

/** The decision as the goals leave it, and what they changed; `goals` null when no goal takes anything away. A flatten is a person's and stays. */
export type Respected = { readonly decision: Decision; readonly goals: GoalEffect | null };

/**
 * What every decider's answer, a rule's or a model's, goes through before it is judged: entries are multiplied by the goals' scale (0 = held
 * back); where a goal says so, what exceeds its exposure is sold. Exits are never made smaller, and nothing is ever made larger.
 */
export function respectGoals(inputs: TurnInputs, decision: Decision): Respected {
  const budget = inputs.trigger.kind === "flatten" ? null : goalBudget(inputs);
  if (!budget || budget.reasons.length === 0) return { decision, goals: null };
  const effect = (change: GoalEffect["change"]): GoalEffect => ({
    change,
    asked: { action: decision.action, symbol: decision.symbol, size: decision.size },
    scale: toText(budget.exposureScale),
    maxExposurePercent: budget.maxExposurePercent === null ? null : toText(budget.maxExposurePercent),
    maxLossLeft: budget.maxLossLeft === null ? null : toText(budget.maxLossLeft),
    reasons: budget.reasons.map((r) => ({ goalId: r.goalId, rule: r.rule, text: r.text })),
  });
  const entry = decision.action === "buy";
  const words = budget.reasons.map((r) => r.text).join(" ");
  if ((entry || decision.action === "hold") && budget.trim && budget.maxExposurePercent !== null) {
    const trimmed = trim(inputs, budget.maxExposurePercent, words);
    if (trimmed) return { decision: trimmed, goals: effect("trimmed") };
  }
  if (!entry) return { decision, goals: effect("none") };
  if (budget.exposureScale === ZERO)
    return { decision: holdDecision(inputs, `${decision.reasoning} But not with its goals: ${words}`, decision.symbol), goals: effect("held-back") };
  return { decision: { ...decision, size: scaled(decision.size, budget.exposureScale) }, goals: effect("scaled") };
}

/** So much of the size, rounded down (money to cents, below one unit and in base units to 8 decimals). What cannot be read stays, and is refused later. */
function scaled(size: Decision["size"], scale: Fixed): Decision["size"] {
  if (size === null) return null;
  try {
    const amount = mul(fixed(size.amount), scale, "down");
    return { unit: size.unit, amount: toText(roundTo(amount, size.unit === "quote" && amount >= ONE ? 2 : 8, "down")) };
  } catch {
    return size;
  }
}

/** A market sell of what exceeds the exposure, from the largest position; null when it is within its band or nothing can be sold. */
function trim(inputs: TurnInputs, most: Fixed, words: string): Decision | null {
  const equity = fixed(inputs.account.equity);
  const worth = inputs.account.positions.map((p) => {
    const price = lastPriceOf(inputs, p.symbol);
    const free = max(sub(heldOf(inputs, p.symbol), claimedBySells(inputs, p.symbol)), ZERO);
    return { symbol: p.symbol, price, free, value: price === null ? ZERO : mul(fixed(p.quantity), price, "down") };
  });
  const held = sum(worth.map((w) => w.value));
  const share = (percent: Fixed): Fixed => div(mul(max(equity, ZERO), percent, "down"), fixed("100"), "down");
  const allowed = share(most);
  const excess = sub(held, allowed);
  const largest = worth.filter((w) => w.free > 0n && w.price !== null).sort((a, b) => (a.value > b.value ? -1 : a.value < b.value ? 1 : 0))[0];
  if (!largest || largest.price === null || excess <= ZERO || (most > ZERO && held <= share(add(most, TRIM_BAND)))) return null;
  const instrument = instrumentOf(inputs, largest.symbol);
  const all = excess >= largest.value;
  const quantity = all ? largest.free : min(largest.free, div(excess, largest.price, "up"));
  // Too little to be sold at the venue is no excess.
  if (instrument && mul(quantity, largest.price, "down") < instrument.minNotional) return null;
  return {
    ...holdDecision(
      inputs,
      `${words} Held are ${toText(roundTo(held, 2, "down"))}, allowed ${toText(roundTo(allowed, 2, "down"))}: sell the difference.`,
      largest.symbol,
    ),
    action: all ? "close" : "sell",
    size: all ? null : { unit: "base", amount: toText(min(roundTo(quantity, 8, "up"), largest.free)) },
    confidence: 1,
  };
}
