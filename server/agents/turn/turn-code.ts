import { decideByRules } from "../deciders/decide-by-rules";
import type { TurnCode } from "./core-types";
import { judgeDecision } from "./judge-decision";
import { makeIntents } from "./make-intents";
import { parseDecision } from "./parse-decision";
import { renderContext } from "./render-context";
import { renderPrompt } from "./render-prompt";

/** The functions every turn of this build is made of. */
export const turnCode = (build: string): TurnCode => ({
  build,
  renderContext,
  renderPrompt,
  decideByRules,
  parseDecision,
  judge: (inputs, decision) => judgeDecision(inputs, decision),
  makeIntents,
});
