import type { ModelRequest } from "@/server/llm";
import { DomainError } from "@/server/shared";
import type { RecordedReply, StepResult, TurnCode, TurnEffect, TurnInputs, TurnRecord } from "./core-types";
import { initialState, recordOf, step } from "./step";

const askOf = (result: StepResult) => result.effects.find((e): e is Extract<TurnEffect, { type: "ask-model" }> => e.type === "ask-model");

/** One turn of a rule-based agent from inputs to intents, without any effect: what backtests and the bulk import call. */
export function runTurnCore(inputs: TurnInputs, code: TurnCode): TurnRecord {
  const result = step(initialState, { type: "inputs-loaded", inputs }, code);
  if (askOf(result)) throw new DomainError("MODEL_NEEDED", "this agent's decisions need a model; give one, or use rules", { field: "decider" });
  return recordOf(result.state);
}

/** The same with a model: asked once, and once more when its answer cannot be read. */
export async function runTurnCoreWithModel(
  inputs: TurnInputs,
  code: TurnCode,
  askModel: (request: ModelRequest, attempt: 1 | 2) => Promise<RecordedReply>,
): Promise<TurnRecord> {
  let result = step(initialState, { type: "inputs-loaded", inputs }, code);
  for (let ask = askOf(result); ask; ask = askOf(result)) {
    result = step(result.state, { type: "model-replied", reply: await askModel(ask.request, ask.attempt) }, code);
  }
  return recordOf(result.state);
}
