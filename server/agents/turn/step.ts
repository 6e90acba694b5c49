import { DomainError, type Json } from "@/server/shared";
import type { RecordedReply, StageRecord, StepResult, TurnCode, TurnEffect, TurnInput, TurnInputs, TurnRecord, TurnState } from "./core-types";
import { flattenDecision } from "./flatten-decision";
import { holdDecision } from "./hold-decision";
import { intentsFromStage, intentToJson } from "./intent-json";
import { LazyRecord, LazyStage, NOTHING, stageValue } from "./lazy-record";
import { promptText } from "./render-prompt";
import type { ContextItem, Decision, StageName } from "./types";

/** A turn that has only been claimed. */
export const initialState: TurnState = { phase: "claimed", inputs: null, replies: [], stages: [] };

/**
 * The whole decision as a pure state machine: claimed → context (waiting for a model) → judged (waiting for the commit) →
 * executing → settled. What earlier stages made is read from the state, never computed again, so a turn that resumes after
 * a crash goes on with what was stored even when the code has changed since. Throws INVALID_TURN_TRANSITION.
 */
export function step(state: TurnState, input: TurnInput, code: TurnCode): StepResult {
  if (input.type === "inputs-loaded" && state.phase === "claimed") return loaded(input.inputs, code);
  if (input.type === "model-replied" && state.phase === "context" && state.inputs) return replied(state, state.inputs, input.reply, code);
  if (input.type === "intents-committed" && state.phase === "judged") {
    const intents = intentsFromStage(stageValue(state.stages, "intents"));
    const next: TurnState = { ...state, phase: "executing" };
    return { state: next, effects: [{ type: "execute", intents }] };
  }
  if (input.type === "orders-finished" && state.phase === "executing") {
    const next: TurnState = { ...state, phase: "settled" };
    return { state: next, effects: [{ type: "done", record: recordOf(next) }] };
  }
  throw new DomainError("INVALID_TURN_TRANSITION", `a turn that is ${state.phase} cannot take "${input.type}"`, { kind: "internal" });
}

function loaded(inputs: TurnInputs, code: TurnCode): StepResult {
  const stages = [stage("context", () => code.renderContext(inputs) as unknown as Json)];
  const saved: TurnEffect = { type: "save-context", inputs, stages };
  const state: TurnState = { phase: "context", inputs, replies: NOTHING, stages };
  if (inputs.trigger.kind === "flatten") return after(saved, decided(state, inputs, flattenDecision(inputs), null, code));
  if (inputs.agent.decider.kind === "rules") return after(saved, decided(state, inputs, code.decideByRules(inputs), null, code));
  return after(saved, ask(state, inputs, contextOf(state), 1, code));
}

function replied(state: TurnState, inputs: TurnInputs, reply: RecordedReply, code: TurnCode): StepResult {
  const next: TurnState = { ...state, replies: [...state.replies, reply] };
  const parsed = code.parseDecision(reply, inputs);
  if (parsed.ok) return decided(next, inputs, parsed.decision, null, code);
  if (parsed.repairable && next.replies.length === 1) return ask(next, inputs, contextOf(state), 2, code);
  return decided(next, inputs, holdDecision(inputs, `Hold: ${parsed.reason}.`), parsed.reason, code);
}

function ask(state: TurnState, inputs: TurnInputs, context: readonly ContextItem[], attempt: 1 | 2, code: TurnCode): StepResult {
  const request = code.renderPrompt(inputs, context, state.replies);
  const stages = withPrompts(state, [...promptsOf(state), promptText(request)]);
  return { state: { ...state, stages }, effects: [{ type: "ask-model", request, attempt }] };
}

function decided(state: TurnState, inputs: TurnInputs, asked: Decision, fallbackReason: string | null, code: TurnCode): StepResult {
  const { decision, goals } = code.respectGoals(inputs, asked);
  const verdict = code.judge(inputs, decision);
  const intents = code.makeIntents(inputs, decision, verdict);
  const base = state.stages.some((s) => s.stage === "prompt") ? state.stages : withPrompts(state, NOTHING);
  const upToDecision = [...base, stage("decision", { decision, fallbackReason, ...(goals && { goals }) } as unknown as Json)];
  const stages = [
    ...upToDecision,
    stage("verdict", verdict as unknown as Json),
    stage("intents", (intents.length === 0 ? NOTHING : intents.map(intentToJson)) as unknown as Json),
  ];
  return {
    state: { ...state, phase: "judged", stages },
    effects: [
      { type: "save-decision", decision, fallbackReason, stages: upToDecision },
      { type: "commit-intents", verdict, intents, stages },
    ],
  };
}

/** The record of a turn that has been judged. Throws INVALID_TURN_TRANSITION before that. */
export function recordOf(state: TurnState): TurnRecord {
  if (!state.inputs || !state.stages.some((s) => s.stage === "intents"))
    throw new DomainError("INVALID_TURN_TRANSITION", `a turn that is ${state.phase} has no record yet`, { kind: "internal" });
  return new LazyRecord(state.inputs, state.replies, state.stages);
}

const stage = (name: StageName, given: Json | (() => Json)): StageRecord => new LazyStage(name, given);
const after = (first: TurnEffect, rest: StepResult): StepResult => ({ state: rest.state, effects: [first, ...rest.effects] });
const contextOf = (state: TurnState) => stageValue(state.stages, "context") as unknown as readonly ContextItem[];
const promptsOf = (state: TurnState) => (state.stages.find((s) => s.stage === "prompt")?.value ?? []) as unknown as readonly string[];

function withPrompts(state: TurnState, prompts: readonly string[]): readonly StageRecord[] {
  return [...state.stages.filter((s) => s.stage !== "prompt"), stage("prompt", prompts)];
}
