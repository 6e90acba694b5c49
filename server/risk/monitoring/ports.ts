import type { Fixed, TenantScope } from "@/server/shared";
import type { Position } from "@/server/trading";
import type { TradingState } from "../types";
import type { BreakerKind, MitigationStep } from "./breakers";
import type { VenuePrice } from "./figures";
import type { BreakerAnswer, BreakerInputs, BreakerState } from "./types";

/** An agent that runs or holds something. Money in its quote currency. */
export type WatchedAgent = {
  readonly agentId: string;
  readonly name: string;
  readonly symbols: readonly string[];
  readonly usesModel: boolean;
  readonly tradingState: TradingState;
  /** Cash, free and held. */
  readonly money: Fixed;
  readonly positions: readonly Position[];
};

export type MarkedState = BreakerState & { readonly subjectId: string; readonly kind: BreakerKind; readonly version: number };
export type OpenAlert = { readonly alertId: string; readonly key: string };

/** A workspace with at least one such agent, or something open to look after. */
export type WatchedWorkspace = {
  readonly workspaceId: string;
  readonly tradingState: TradingState;
  /** As stored; see parseStoredBreakers. */
  readonly settings: unknown;
  /** What its agents have realised so far, those that are done included, less fees. */
  readonly realised: Fixed;
  readonly agents: readonly WatchedAgent[];
  readonly marks: readonly MarkedState[];
  readonly alerts: readonly OpenAlert[];
  /** Subjects with a decision that is not carried out yet. */
  readonly pending: readonly string[];
};

/** What somebody has to be told. `key` = what it is about: one open alert each. */
export type AlertDraft = {
  readonly key: string;
  readonly agentId: string | null;
  readonly kind: BreakerKind;
  readonly severity: "warning" | "critical";
  readonly title: string;
  readonly text: string;
  readonly figures: Readonly<Record<string, string>>;
};

/** A breaker's decision before it is carried out. The same decision has the same id, whoever takes it. */
export type BreakerDecisionDraft = {
  readonly id: string;
  readonly workspaceId: string;
  readonly agentId: string | null;
  readonly kind: BreakerKind;
  readonly steps: readonly MitigationStep[];
  readonly reason: string;
  readonly inputs: BreakerInputs;
  readonly answers: readonly BreakerAnswer[];
  readonly build: string;
  readonly at: number;
  readonly decidedAt: number;
};

export type PlannedMitigation = Pick<BreakerDecisionDraft, "id" | "workspaceId" | "agentId" | "kind" | "steps" | "reason">;

type Since = { readonly subjectId: string /** Market ms. */; readonly since: number };

/** Rows of the monitoring. Across workspaces, but for what names one. */
export interface MonitorStore {
  /** Every workspace with something to watch, or the one named. */
  watched(workspaceId: string | null): Promise<readonly WatchedWorkspace[]>;
  /** Highest profit of each subject since then. */
  highs(since: readonly Since[]): Promise<ReadonlyMap<string, Fixed>>;
  saveHighs(highs: readonly { readonly workspaceId: string; readonly subjectId: string; readonly profit: Fixed }[], at: number): Promise<void>;
  /** Decisions of these agents since then, and how many of them their model failed. A budget that is used up is no failure. */
  modelCalls(since: readonly Since[]): Promise<ReadonlyMap<string, { readonly failed: number; readonly all: number }>>;
  /** The state, the decision, its audit entry and its event, once: false when another process was first. */
  decide(draft: BreakerDecisionDraft, mark: MarkedState, next: BreakerState): Promise<boolean>;
  /** The state alone, after a person let trading go on; its highs begin anew. False when another process was first. */
  rearm(workspaceId: string, mark: MarkedState, next: BreakerState): Promise<boolean>;
  /** Decisions that were taken before `before` (wall ms) and not carried out: of one workspace, or of all (null). */
  planned(workspaceId: string | null, before: number, limit: number): Promise<readonly PlannedMitigation[]>;
  /** False once it has been carried out, or a person has let trading go on. */
  isPlanned(decisionId: string): Promise<boolean>;
  finish(decisionId: string, error: string | null, wallNow: number): Promise<void>;
  /** Those that were not open yet. */
  raise(workspaceId: string, alerts: readonly AlertDraft[], when: { readonly at: number; readonly wallNow: number }): Promise<number>;
  resolve(workspaceId: string, alertIds: readonly string[], wallNow: number): Promise<number>;
}

/** Carries out a step with the trading states and the flattening that people use too. `key` makes a repeat harmless. */
export interface Mitigation {
  mitigate(
    scope: TenantScope,
    order: { readonly agentId: string | null; readonly steps: readonly MitigationStep[]; readonly reason: string; readonly key: string },
  ): Promise<void>;
}

/** Prices of one symbol at the venues that a workspace could take it from; those that do not answer are left out. */
export interface VenuePrices {
  of(workspaceId: string, symbol: string, at: number, windowMs: number): Promise<readonly VenuePrice[]>;
}

/** One subject with everything its breakers knew and answer. */
export type CheckedSubject = {
  readonly workspaceId: string;
  readonly agent: WatchedAgent | null;
  readonly inputs: BreakerInputs;
  readonly answers: readonly BreakerAnswer[];
};
