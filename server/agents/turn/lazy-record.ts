import { NO_ORDER, type Verdict } from "@/server/risk";
import { DomainError, hashJson, type Json } from "@/server/shared";
import type { RecordedReply, StageRecord, TurnInputs, TurnRecord } from "./core-types";
import { hashRecord } from "./hash-record";
import { intentsFromStage } from "./intent-json";
import type { ContextItem, Decision, StageName } from "./types";

/** The empty list of a stage that has nothing: the same object each time, so that its hash is made once. */
export const NOTHING: readonly never[] = [];
const constants = new Map<unknown, string>([NOTHING, NO_ORDER].map((value) => [value, hashJson(value as unknown as Json)]));

/**
 * A stage of the record. Its hash, and a value given as a function, are made when they are first asked for and kept: a live turn stores
 * all of them, a backtest that only follows the money asks for none. Both are pure, so when makes no difference.
 */
export class LazyStage implements StageRecord {
  #value: Json | undefined;
  #hash: string | undefined;

  constructor(
    readonly stage: StageName,
    private readonly given: Json | (() => Json),
  ) {}

  get value(): Json {
    this.#value ??= typeof this.given === "function" ? this.given() : this.given;
    return this.#value;
  }

  get hash(): string {
    this.#hash ??= constants.get(this.value) ?? hashJson(this.value);
    return this.#hash;
  }

  /** As stored between two steps of a turn. */
  toJSON(): StageRecord {
    return { stage: this.stage, hash: this.hash, value: this.value };
  }
}

/** A judged turn's record; what costs something is made when first read. */
export class LazyRecord implements TurnRecord {
  readonly decision: Decision;
  readonly fallbackReason: string | null;

  constructor(
    readonly inputs: TurnInputs,
    readonly replies: readonly RecordedReply[],
    readonly stages: readonly StageRecord[],
  ) {
    ({ decision: this.decision, fallbackReason: this.fallbackReason } = stageValue(stages, "decision") as unknown as {
      decision: Decision;
      fallbackReason: string | null;
    });
  }

  get context(): readonly ContextItem[] {
    return stageValue(this.stages, "context") as unknown as readonly ContextItem[];
  }

  get prompts(): readonly string[] {
    return stageValue(this.stages, "prompt") as unknown as readonly string[];
  }

  get verdict(): Verdict {
    return stageValue(this.stages, "verdict") as unknown as Verdict;
  }

  get intents(): ReturnType<typeof intentsFromStage> {
    return intentsFromStage(stageValue(this.stages, "intents"));
  }

  get recordHash(): string {
    return hashRecord(this.inputs, this.replies, this.stages);
  }
}

/** The value of one stage. Throws INVALID_TURN_TRANSITION when the turn has not got there. */
export function stageValue(stages: readonly StageRecord[], name: StageName): Json {
  for (const s of stages) if (s.stage === name) return s.value;
  throw new DomainError("INVALID_TURN_TRANSITION", `stage ${name} is missing from the turn`, { kind: "internal" });
}
