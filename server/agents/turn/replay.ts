import { canonicalJson, type Json } from "@/server/shared";
import type { RecordedReply, StageRecord, TurnCode, TurnInputs } from "./core-types";
import { initialState, step } from "./step";
import { STAGES, type StageName } from "./types";

/** What was recorded of a turn. `inputs` null when its blob is gone (retention, erasure). Stage values are null when redacted. */
export type TurnRecording = {
  readonly inputs: TurnInputs | null;
  readonly replies: readonly RecordedReply[];
  readonly stages: readonly { readonly stage: StageName; readonly hash: string; readonly value: Json | null }[];
  readonly build: string;
};

export type ReplayedStage = { readonly stage: StageName; readonly hash: string; readonly replayed: string };

export type ReplayResult =
  | { readonly result: "identical"; readonly stages: readonly ReplayedStage[]; readonly build: string }
  | {
      readonly result: "different";
      /** The first stage whose result differs; the ones after it follow from it. */
      readonly stage: StageName;
      /** The recording was made by another build, so a difference is expected to be the code's. */
      readonly codeChanged: boolean;
      readonly recordedBuild: string;
      readonly build: string;
      /** Path of the first value that differs ("checks.2.reason"), and both values as text. */
      readonly field: string;
      readonly recorded: string;
      readonly replayed: string;
      readonly stages: readonly ReplayedStage[];
    }
  | { readonly result: "cannot"; readonly missing: string };

/**
 * Runs a recorded turn again from what the ports and the model answered then, with the code given, and compares stage by
 * stage. Nothing else is read: the live feed, clock and books are not even arguments.
 */
export function replayTurn(recording: TurnRecording, code: TurnCode): ReplayResult {
  const { inputs } = recording;
  if (!inputs) return { result: "cannot", missing: "the recorded inputs" };
  const absent = STAGES.find((name) => !recording.stages.some((s) => s.stage === name));
  if (absent) return { result: "cannot", missing: `the recorded ${absent}` };

  const replayed = rerun(inputs, recording.replies, code);
  const stages = STAGES.map((name): ReplayedStage => {
    const before = recording.stages.find((s) => s.stage === name);
    return { stage: name, hash: before?.hash ?? "", replayed: replayed.stages.find((s) => s.stage === name)?.hash ?? "" };
  });
  const first = stages.find((s) => s.hash !== s.replayed);
  if (!first) return { result: "identical", stages, build: code.build };
  // The code of today wants an answer that was never given. Which stage asked for it is known; the answer is not.
  const now = replayed.stages.find((s) => s.stage === first.stage)?.value;
  if (now === undefined) return { result: "cannot", missing: replayed.missing ?? `the replayed ${first.stage}` };
  const before = recording.stages.find((s) => s.stage === first.stage)?.value ?? null;
  const difference = before === null ? { field: "", recorded: "(redacted)", replayed: shorten(now) } : firstDifference(before, now);
  return {
    result: "different",
    stage: first.stage,
    codeChanged: recording.build !== code.build,
    recordedBuild: recording.build,
    build: code.build,
    ...difference,
    stages,
  };
}

function rerun(
  inputs: TurnInputs,
  replies: readonly RecordedReply[],
  code: TurnCode,
): { readonly stages: readonly StageRecord[]; readonly missing: string | null } {
  let result = step(initialState, { type: "inputs-loaded", inputs }, code);
  for (const reply of replies) {
    if (!result.effects.some((e) => e.type === "ask-model")) break;
    result = step(result.state, { type: "model-replied", reply }, code);
  }
  const waiting = result.effects.some((e) => e.type === "ask-model");
  return { stages: result.state.stages, missing: waiting ? `the model's answer number ${replies.length + 1}` : null };
}

type Difference = { readonly field: string; readonly recorded: string; readonly replayed: string };

/** The first place where two JSON values differ, members in sorted order. */
function firstDifference(before: Json, now: Json, path: readonly string[] = []): Difference {
  if (isBranch(before) && isBranch(now) && Array.isArray(before) === Array.isArray(now)) {
    const [a, b] = [before as Readonly<Record<string, Json>>, now as Readonly<Record<string, Json>>];
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    const ordered = Array.isArray(before) ? keys : keys.sort();
    for (const key of ordered) {
      const [x, y] = [a[key], b[key]];
      if (x === undefined && y === undefined) continue;
      if (x === undefined || y === undefined || canonicalJson(x) !== canonicalJson(y)) {
        const here = [...path, key];
        if (x === undefined || y === undefined) return { field: here.join("."), recorded: shorten(x), replayed: shorten(y) };
        return firstDifference(x, y, here);
      }
    }
  }
  return { field: path.join("."), ...textsAround(before, now) };
}

const isBranch = (v: Json): boolean => typeof v === "object" && v !== null;
/** Long texts are cut around the place where they part. */
const SHOWN = 160;

function textsAround(before: Json, now: Json): { readonly recorded: string; readonly replayed: string } {
  if (typeof before !== "string" || typeof now !== "string") return { recorded: shorten(before), replayed: shorten(now) };
  let at = 0;
  while (at < before.length && before[at] === now[at]) at++;
  const from = Math.max(0, at - 40);
  const cut = (text: string): string => `${from > 0 ? "…" : ""}${text.slice(from, from + SHOWN)}${text.length > from + SHOWN ? "…" : ""}`;
  return { recorded: cut(before), replayed: cut(now) };
}

function shorten(value: Json | undefined): string {
  if (value === undefined) return "(absent)";
  const text = typeof value === "string" ? value : canonicalJson(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
