import { hashJson, type Json } from "@/server/shared";
import type { RecordedReply, StageRecord, TurnInputs } from "./core-types";
import { windowHash } from "./window-hash";

const known = new WeakMap<TurnInputs, string>();

/**
 * Hash over all inputs of a turn; each candle window enters by its own hash, which is also the name of its blob.
 * Remembered per object: inputs are frozen by contract, and one turn asks twice.
 */
export function hashInputs(inputs: TurnInputs): string {
  const before = known.get(inputs);
  if (before) return before;
  const windows: Record<string, string> = {};
  for (const [symbol, window] of Object.entries(inputs.windows)) windows[symbol] = windowHash(window);
  const hash = hashJson({ ...inputs, windows } as unknown as Json);
  known.set(inputs, hash);
  return hash;
}

/** Hash over what the model answered, in order. */
export const hashReplies = (replies: readonly RecordedReply[]): string => hashJson(replies as unknown as Json);

/** Hash over the inputs, the replies and every stage: one number that stands for the whole record. */
export function hashRecord(inputs: TurnInputs, replies: readonly RecordedReply[], stages: readonly StageRecord[]): string {
  return hashJson({ inputs: hashInputs(inputs), replies: hashReplies(replies), stages: stages.map((s) => [s.stage, s.hash]) });
}
