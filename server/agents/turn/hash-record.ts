import { hashJson, type Json } from "@/server/shared";
import type { RecordedReply, StageRecord, TurnInputs } from "./core-types";
import { storedInputs } from "./input-parts";

const known = new WeakMap<TurnInputs, string>();
const records = new WeakMap<
  readonly StageRecord[],
  { readonly inputs: TurnInputs; readonly replies: readonly RecordedReply[]; readonly hash: string }
>();

/**
 * Hash over all inputs of a turn: that of the record's root, in which windows and shared parts stand by their own hashes.
 * Remembered per object: inputs are frozen by contract, and one turn asks twice.
 */
export function hashInputs(inputs: TurnInputs): string {
  const before = known.get(inputs);
  if (before) return before;
  const hash = hashJson(storedInputs(inputs) as unknown as Json);
  known.set(inputs, hash);
  return hash;
}

/** Hash over what the model answered, in order. */
export const hashReplies = (replies: readonly RecordedReply[]): string => (replies.length === 0 ? NO_REPLIES : hashJson(replies as unknown as Json));
const NO_REPLIES = hashJson([]);

/** Hash over the inputs, the replies and every stage: one number that stands for the whole record. Remembered per list of stages. */
export function hashRecord(inputs: TurnInputs, replies: readonly RecordedReply[], stages: readonly StageRecord[]): string {
  const before = records.get(stages);
  if (before && before.inputs === inputs && before.replies === replies) return before.hash;
  const hash = hashJson({ inputs: hashInputs(inputs), replies: hashReplies(replies), stages: stages.map((s) => [s.stage, s.hash]) });
  records.set(stages, { inputs, replies, hash });
  return hash;
}
