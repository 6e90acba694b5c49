import type { EventDraft } from "@/server/events";
import type { Fixed, TenantScope } from "@/server/shared";
import type { MoneyRules, PositionCloser } from "@/server/wallets";
import type { ThresholdChange } from "./adapt-threshold";
import type { GoalGauge } from "./goal-gauge";
import type { GoalState } from "./goal-state";
import type { GoalMeasure } from "./measure-goal";
import type { GoalOdds, OddsQuestion } from "./odds-types";
import type { Goal, GoalTrade, GoalVolume, NodeAbove, OnAchieved } from "./types";

/** A wallet node as goals see it; `agentId` of a leaf. Closed and archived ones are left out. */
export type GoalNode = NodeAbove & {
  readonly currency: string;
  readonly agentId: string | null;
  readonly agentStatus: string | null;
  /** Markets of an agent. */
  readonly symbols: readonly string[];
};

/** A goal with what its last check found. */
export type StoredGoal = {
  readonly goal: Goal;
  readonly state: GoalState | null;
  readonly measure: GoalMeasure | null;
  readonly odds: GoalOdds | null;
  /** Standard deviation of its node's returns when it began. */
  readonly volatility: number | null;
  readonly sentence: string | null;
  /** Who made it, or changed it last ("user:…"); a goal that is not stored yet has none. */
  readonly setBy?: string;
};

export type PlannedMove = {
  readonly key: string;
  readonly fromNodeId: string;
  readonly toNodeId: string;
  readonly amount: Fixed;
  readonly done: boolean;
};

/** A goal that was reached, and how far its consequences are. Money in base currency, times in market ms. */
export type Achievement = {
  readonly id: string;
  readonly goalId: string;
  readonly version: number;
  readonly periodStart: number | null;
  readonly at: number;
  readonly rule: OnAchieved;
  readonly profit: Fixed;
  readonly due: Fixed;
  readonly collected: Fixed;
  readonly moves: readonly PlannedMove[];
  readonly status: "open" | "done";
  readonly note: string | null;
  readonly revision: number;
};

export type ThresholdRow = ThresholdChange & {
  readonly id: string;
  readonly kind: string;
  readonly at: number;
  readonly actor: string;
  readonly undone: boolean;
};
export type GoalCheckRow = { readonly at: number; readonly value: Fixed | null; readonly done: number; readonly probability: number | null };

export type ProposedShare = {
  readonly nodeId: string;
  readonly name: string;
  readonly equity: Fixed;
  readonly wanted: Fixed;
  readonly riskBudget: Fixed | null;
  readonly why: string;
};
export type Proposal = {
  readonly id: string;
  readonly nodeId: string;
  readonly shares: readonly ProposedShare[];
  readonly moves: readonly PlannedMove[];
  readonly why: string;
  readonly status: "open" | "applying" | "applied" | "failed" | "undone" | "dismissed" | "outdated";
  /** Why it failed, or what it waits for. */
  readonly reason: string | null;
  readonly actor: string | null;
  readonly at: number;
};

/** What is written along with a goal: an audit entry with who and why, events, a changed threshold, an achievement. */
export type GoalRecord = {
  readonly action: string;
  readonly why: string;
  readonly events?: readonly EventDraft[];
  readonly change?: ThresholdChange & { readonly kind: "adapted" | "raised" | "edited" | "undone" };
  readonly undoes?: string;
  readonly achievement?: Achievement;
};

export type NodeMoney = { readonly cash: Fixed; readonly busy: boolean; readonly rules: Pick<MoneyRules, "reserve" | "reservePercent"> };

/** Rows of goals. Each write is one transaction. Throws NOT_FOUND for what is another tenant's. */
export interface GoalStore {
  nodes(scope: TenantScope): Promise<readonly GoalNode[]>;
  /** Every goal that acts on decisions, however many; or all that are not over and the newest of those that are. */
  list(scope: TenantScope, which: "acting" | "shown"): Promise<readonly StoredGoal[]>;
  get(scope: TenantScope, goalId: string): Promise<StoredGoal>;
  create(scope: TenantScope, stored: StoredGoal, record: GoalRecord): Promise<void>;
  /** Compare-and-set by the version before; false when somebody was faster. */
  save(scope: TenantScope, before: Goal, after: StoredGoal, at: number, record: GoalRecord): Promise<boolean>;
  /** What a check found, while the goal is still of this version; one row of its history. */
  saveCheck(scope: TenantScope, stored: StoredGoal, events: readonly EventDraft[]): Promise<boolean>;
  /** Replaces the gauges of every agent of the workspace that has any, or had; false when the acting goals are not these (any more). */
  saveBudgets(
    scope: TenantScope,
    budgets: readonly { readonly agentId: string; readonly gauges: readonly GoalGauge[] }[],
    basis: readonly Goal[],
    at: number,
  ): Promise<boolean>;
  /** Of each agent at `at` (market ms): last recorded equity and what was moved since, and all money ever moved into it less out of it. */
  agentsWorth(
    scope: TenantScope,
    agentIds: readonly string[],
    at: number,
  ): Promise<ReadonlyMap<string, { readonly equity: Fixed; readonly flows: Fixed }>>;
  /** Fills and round trips of these agents since `from` (market ms), oldest first. */
  trading(
    scope: TenantScope,
    agentIds: readonly string[],
    from: number,
  ): Promise<{ readonly trades: readonly GoalTrade[]; readonly volumes: readonly GoalVolume[] }>;
  /** Market ms of the first recorded equity of these agents; null without one. */
  recordStart(scope: TenantScope, agentIds: readonly string[]): Promise<number | null>;
  /** Cash of each node, whether its agent holds a position or has an order open, and the reserve that it keeps. */
  money(scope: TenantScope, nodeIds: readonly string[]): Promise<ReadonlyMap<string, NodeMoney>>;
  /** All money ever moved into a node's cash less out of it, up to `at` (market ms). */
  flows(scope: TenantScope, nodeId: string, at: number): Promise<Fixed>;
  /** All money that ever came into a node's sub-tree less what left it, as its record tells it, up to `at` (market ms). */
  nodeFlows(scope: TenantScope, nodeId: string, at: number): Promise<Fixed>;
  /** Any workspace: those with goals that act or consequences that are not done. */
  workspaces(): Promise<readonly string[]>;
  /** Open ones of the workspace, all of them; or the newest of a goal. */
  achievements(scope: TenantScope, which: { readonly open: true } | { readonly goalId: string }): Promise<readonly Achievement[]>;
  hasAchievement(scope: TenantScope, achievementId: string): Promise<boolean>;
  /** All that was ever collected for a goal. */
  collected(scope: TenantScope, goalId: string): Promise<Fixed>;
  /** Compare-and-set by the revision; the row as it is then. Throws ACHIEVEMENT_TAKEN when another process is at it, or it is done. */
  saveAchievement(scope: TenantScope, achievement: Achievement, events: readonly EventDraft[]): Promise<Achievement>;
  checks(scope: TenantScope, goalId: string, limit: number): Promise<readonly GoalCheckRow[]>;
  changes(scope: TenantScope, goalId: string): Promise<readonly ThresholdRow[]>;
  proposals(scope: TenantScope, limit: number): Promise<readonly Proposal[]>;
  /** A new proposal takes the place of the node's open one; null only ends that. */
  propose(scope: TenantScope, nodeId: string, proposal: Proposal | null): Promise<void>;
  /** From one status to another, with an audit entry; false when it was not in it. */
  moveProposal(scope: TenantScope, proposal: Proposal, from: Proposal["status"]): Promise<boolean>;
}

/** Stops agents. What they hold is sold through the wallets' PositionCloser, which lets them trade again afterwards. */
export interface GoalAgents extends PositionCloser {
  stop(scope: TenantScope, agentId: string): Promise<void>;
}

/** Works out odds without holding up the event loop. */
export type ComputeOdds = (question: OddsQuestion) => Promise<GoalOdds>;
