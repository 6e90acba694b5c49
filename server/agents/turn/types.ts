import type { Json } from "@/server/shared";

/** claimed → context → decided → judged → intended → executing → settled; or skipped / failed, each with a reason. */
export const TURN_PHASES = ["claimed", "context", "decided", "judged", "intended", "executing", "settled", "skipped", "failed"] as const;
export type TurnPhase = (typeof TURN_PHASES)[number];

export type TurnTrigger =
  | { readonly kind: "schedule" }
  | { readonly kind: "manual"; readonly eventId: string; readonly actorId: string }
  | { readonly kind: "flatten"; readonly eventId: string; readonly actorId: string };

/** How far a context item can be believed: venue data, our own books, another agent, the outside world. */
export type Trust = "exchange" | "own" | "agent" | "external";

/** One thing the decider saw. `text` is what a model reads; `data` is what rules read. */
export type ContextItem = {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly trust: Trust;
  /** Market time the datum is from (ms). */
  readonly at: number;
  readonly text: string;
  readonly data: Json;
};

/** What a decider answers, validated by schema. Quantities as exact decimal text. */
export type Decision = {
  readonly action: "buy" | "sell" | "hold" | "close";
  readonly symbol: string;
  /** Quote currency for buy; base units for sell; ignored for hold and close. */
  readonly size: { readonly unit: "quote" | "base"; readonly amount: string } | null;
  readonly orderType: "market" | "limit";
  readonly limitPrice: string | null;
  readonly stopLoss: string | null;
  readonly takeProfit: string | null;
  /** 0 to 1. */
  readonly confidence: number;
  /** How long the idea is meant to hold (ms), or null. */
  readonly horizonMs: number | null;
  readonly reasoning: string;
};

/** What the agent's goals made of a decision; stored beside it whenever a goal takes something away. Decimals as text. */
export type GoalEffect = {
  /** scaled: the entry made smaller; held-back: not made; trimmed: something is sold instead; none: nothing was to be changed. */
  readonly change: "scaled" | "held-back" | "trimmed" | "none";
  /** What was decided without the goals. */
  readonly asked: Pick<Decision, "action" | "symbol" | "size">;
  /** 0 to 1. */
  readonly scale: string;
  /** Per cent of equity. */
  readonly maxExposurePercent: string | null;
  /** Quote currency. */
  readonly maxLossLeft: string | null;
  readonly reasons: readonly { readonly goalId: string; readonly rule: string; readonly text: string }[];
};

/** The hashed stages of a record, in order; replay compares them one by one. */
export const STAGES = ["context", "prompt", "decision", "verdict", "intents"] as const;
export type StageName = (typeof STAGES)[number];
