import { type GoalGauge, type RiskBudget, riskBudget } from "@/server/goals";
import { type Fixed, fixed } from "@/server/shared";
import type { TurnInputs } from "./core-types";

/** Goals that act on an agent, as the books hold them: what their last check measured. */
export type BookGoals = { readonly gauges: readonly GoalGauge[] };

/** The goals' part of a turn's inputs; nothing when no goal acts on the agent, so that its record is what it was before there were goals. */
export const recordGoals = (goals: BookGoals | null | undefined, flows: Fixed, text: (x: Fixed) => string): Pick<TurnInputs, "goals"> =>
  goals && goals.gauges.length > 0 ? { goals: { flows: text(flows), gauges: goals.gauges } } : {};

const budgets = new WeakMap<TurnInputs, { readonly budget: RiskBudget | null }>();

/** What the agent's goals leave it at this turn, measured with the equity it is decided on; null when they take nothing away. */
export function goalBudget(inputs: TurnInputs): RiskBudget | null {
  if (!inputs.goals) return null;
  let known = budgets.get(inputs);
  if (!known) {
    const now = { at: inputs.at, equity: fixed(inputs.account.equity), flows: fixed(inputs.goals.flows) };
    known = { budget: riskBudget(inputs.goals.gauges, now) };
    budgets.set(inputs, known);
  }
  return known.budget;
}
