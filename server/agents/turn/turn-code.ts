import { decideByRules } from "../deciders/decide-by-rules";
import type { TurnCode } from "./core-types";
import { judgeDecision } from "./judge-decision";
import { makeIntents } from "./make-intents";
import { seenInputs, unmaskDecision } from "./mask-inputs";
import { parseDecision } from "./parse-decision";
import { renderContext } from "./render-context";
import { renderPrompt } from "./render-prompt";
import { respectGoals } from "./respect-goals";

/** The functions every turn of this build is made of. */
export const turnCode = (build: string): TurnCode => ({
  build,
  renderContext: (inputs) => renderContext(seenInputs(inputs)),
  renderPrompt: (inputs, context, replies) => renderPrompt(seenInputs(inputs), context, replies),
  decideByRules,
  parseDecision: (reply, inputs) => unmaskDecision(parseDecision(reply, seenInputs(inputs)), inputs),
  respectGoals,
  judge: (inputs, decision) => judgeDecision(inputs, decision),
  makeIntents,
});
