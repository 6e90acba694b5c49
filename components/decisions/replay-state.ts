import type { ReplayView } from "@/server/api/contract";

export type ReplayState =
  | { readonly state: "idle" }
  | { readonly state: "running" }
  | { readonly state: "identical" | "different" | "cannot" | "failed"; readonly title: string; readonly text: string };

type Run = { readonly status: "idle" | "pending" | "success" | "error"; readonly data: ReplayView | undefined; readonly message: string | null };

const STAGE_WORDS: Readonly<Record<string, string>> = {
  context: "the context",
  prompt: "the prompt",
  decision: "the decision",
  verdict: "the risk verdict",
  intents: "the order intents",
};

/** What the proof step says about a replay: what happened, what it means, what can be done. */
export function replayState({ status, data, message }: Run): ReplayState {
  if (status === "idle") return { state: "idle" };
  if (status === "pending") return { state: "running" };
  if (status === "error" || !data)
    return {
      state: "failed",
      title: "The replay did not run",
      text: `${sentence(message ?? "The server did not answer")} The record is unchanged. Try again in a moment.`,
    };
  if (data.result === "identical")
    return {
      state: "identical",
      title: "Replay is identical",
      text: `All ${data.stages.length} hashes match. Ran on build ${data.build} in ${milliseconds(data.durationMs)}, without asking the model.`,
    };
  if (data.result === "cannot")
    return {
      state: "cannot",
      title: "This decision cannot be replayed",
      text: `Missing: ${sentence(data.missing)} A replay runs only from what was recorded. The stored hashes still show what the record was.`,
    };
  const where = STAGE_WORDS[data.stage] ?? data.stage;
  const why = data.codeChanged
    ? `The code changed: recorded on build ${data.recordedBuild}, replayed on build ${data.build}.`
    : `The build is the same (${data.build}), so the code is not the reason. Treat this record with suspicion.`;
  return {
    state: "different",
    title: `Replay differs in ${where}`,
    text: `${data.field ? `The first field that differs is ${data.field}. ` : ""}${why}`,
  };
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
