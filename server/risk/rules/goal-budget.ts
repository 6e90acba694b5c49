import { toText } from "@/server/shared";
import { exposureAnswer, shareOf } from "./exposure-answer";
import type { RiskRule } from "./rule";

const everything = (): boolean => true;

export const goalBudget: RiskRule = {
  name: "goal-budget",
  title: "What the goals allow",
  compares: "everything held, open buys and this order together, with the share of equity that the agent's goals leave (docs/goals.md)",
  unit: "quote currency",
  levels: ["agent"],
  may: ["reduce", "deny"],
  limits: [],
  byDefault: "only while a goal takes something away",
  judge: (s, o) => {
    const agent = s.levels[0];
    if (!s.goalBudget || !agent) return [];
    const { maxExposurePercent, why } = s.goalBudget;
    const most = shareOf(agent, maxExposurePercent);
    return [
      exposureAnswer("goal-budget", agent, s, o, most, everything, "all positions together", `, ${toText(maxExposurePercent)} % of equity. ${why}`),
    ];
  },
};
