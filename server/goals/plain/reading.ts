import type { AfterGoal, CollectWhat, GoalKind, GoalPeriod, GoalUnit } from "../types";

/** What the grammar is told of the world. */
export type PlainContext = {
  /** Market ms. */
  readonly now: number;
  readonly symbols: readonly string[];
  readonly currency: string;
  /** Wallets that can have a goal, and the markets of those that are agents. */
  readonly nodes: readonly { readonly id: string; readonly name: string; readonly kind: string; readonly symbols: readonly string[] }[];
  /** The wallet the user is looking at, if any. */
  readonly nodeId: string | null;
};

export type ReadGoal = {
  readonly kind: GoalKind;
  readonly unit: GoalUnit;
  readonly target: string;
  readonly period: GoalPeriod | null;
  readonly deadline: number | null;
};
export type ReadAfter = {
  readonly after: AfterGoal;
  readonly raisePercent: string | null;
  readonly collect: CollectWhat;
  readonly collectPercent: string | null;
  readonly closeFirst: boolean;
};

/** One answer to a question: `sentence` says it without leaving it open. */
export type Choice = { readonly label: string; readonly sentence: string };

export type Reading =
  | {
      readonly kind: "goals";
      readonly goals: readonly ReadGoal[];
      readonly after: ReadAfter;
      readonly nodeId: string | null;
      readonly symbols: readonly string[];
      /** Words that changed nothing. */
      readonly ignored: readonly string[];
    }
  | {
      readonly kind: "question";
      readonly about: string;
      readonly question: string;
      readonly choices: readonly Choice[];
      readonly ignored: readonly string[];
    }
  | { readonly kind: "nothing"; readonly message: string; readonly ignored: readonly string[] };
