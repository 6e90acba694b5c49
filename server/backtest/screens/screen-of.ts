import { type DeciderSpec, parseRuleParams, type RuleSetName } from "@/server/agents";
import { DomainError } from "@/server/shared";
import { BreakoutScreen } from "./breakout-screen";
import { MeanRevertScreen } from "./mean-revert-screen";
import { MAY_ENTER, MAY_EXIT, type Screen } from "./screen";
import { TrendFollowScreen } from "./trend-follow-screen";

type Params = Readonly<Record<string, number>>;

const SCREENS: Readonly<Record<RuleSetName, (params: Params) => Screen>> = {
  "trend-follow": (params) => new TrendFollowScreen(params),
  "mean-revert": (params) => new MeanRevertScreen(params),
  breakout: (params) => new BreakoutScreen(params),
  hold: () => ({ add: () => {}, may: () => 0 }),
};

/** Asks the rule at every bar: for rules that nobody has written a screen for. Slow, and right. */
export const ASK_ALWAYS: Screen = { add: () => {}, may: () => MAY_ENTER | MAY_EXIT };

/** A fresh screen of a rule set. Throws MODEL_NEEDED for deciders that are models, and the rule catalog's errors. */
export function screenOf(decider: DeciderSpec): Screen {
  if (decider.kind !== "rules") throw modelNeeded();
  const params = parseRuleParams(decider.ruleSet, decider.params);
  return SCREENS[decider.ruleSet]?.(params) ?? ASK_ALWAYS;
}

export const modelNeeded = (): DomainError =>
  new DomainError("MODEL_NEEDED", "this agent's decisions need a model; a backtest runs rules", { field: "decider" });

/** Why the array engine cannot run a rule set; null when it can: then a signal is a function of the bars alone. */
export const PATH_DEPENDENT: Readonly<Record<RuleSetName, string | null>> = {
  "trend-follow": null,
  "mean-revert": "it gives up some ATR below the price it entered at, so what it does depends on its own fills",
  breakout: null,
  hold: null,
};
