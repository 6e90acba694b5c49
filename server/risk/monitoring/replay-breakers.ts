import { canonicalJson } from "@/server/shared";
import { evaluateBreakers } from "./evaluate-breakers";
import type { BreakerAnswer, BreakerInputs } from "./types";

/** Whether today's code answers a recorded check as it was answered then, and both answers. */
export type BreakerReplay = { readonly identical: boolean; readonly recorded: readonly BreakerAnswer[]; readonly again: readonly BreakerAnswer[] };

/** Evaluates a recorded check again and compares every field of every answer. `evaluate` exists so that a test can pass a changed one. */
export function replayBreakers(inputs: BreakerInputs, recorded: readonly BreakerAnswer[], evaluate = evaluateBreakers): BreakerReplay {
  const again = evaluate(inputs);
  return { identical: canonicalJson(recorded as never) === canonicalJson(again as never), recorded, again };
}
