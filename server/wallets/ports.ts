import type { Fixed, Json, TenantScope } from "@/server/shared";
import type { MovementPlan, PlannedOrder } from "./plan-movements";
import type { MovementKind, MovementStatus, NodeKind, RecordPoint } from "./types";

export interface NodeRecords {
  /** Points at most `points` (default 500), oldest first; throws NOT_FOUND for another tenant's node. */
  record(
    scope: TenantScope,
    nodeId: string,
    range: { readonly from: number; readonly to: number; readonly points?: number },
  ): Promise<readonly RecordPoint[]>;
  /** The same of several nodes of the workspace, in their order: the tree is read once. */
  records(
    scope: TenantScope,
    nodeIds: readonly string[],
    range: { readonly from: number; readonly to: number; readonly points?: number },
  ): Promise<readonly (readonly RecordPoint[])[]>;
}

export interface MoneyMover {
  /**
   * One ledger transaction under `key` (again = no effect, `moved` false). fromNodeId null = from outside (deposit), toNodeId null = to outside.
   * Throws typed refusals that name field and numbers (INSUFFICIENT_FUNDS, BELOW_RESERVE, ABOVE_SHARE, COOLDOWN, ...). `pendingApproval` when a second person must agree first.
   */
  move(
    scope: TenantScope,
    order: {
      readonly kind: MovementKind;
      readonly fromNodeId: string | null;
      readonly toNodeId: string | null;
      readonly amount: Fixed;
      readonly key: string;
      readonly why: string;
    },
  ): Promise<{ readonly movementId: string; readonly moved: boolean; readonly pendingApproval: boolean }>;
}

/** What a movement is planned and done with: times in ms, last prices by symbol. */
export type MoveContext = {
  readonly at: number;
  readonly wallAt: number;
  readonly prices: Readonly<Record<string, Fixed>>;
  readonly batchId?: string;
  /** Of the preview that this executes. */
  readonly previewHash?: string;
  /** A second person has agreed to it already. */
  readonly approved?: boolean;
  /** For whom it is made ("user:…"), when that is not the caller: whoever set the schedule of a rebalancing. */
  readonly askedBy?: string;
};

export type VenueTransferRow = {
  readonly id: string;
  readonly agentId: string;
  readonly currency: string;
  /** Positive to the agent. */
  readonly amount: Fixed;
  readonly key: string;
};

export type MovementRow = {
  readonly id: string;
  readonly workspaceId: string;
  readonly key: string;
  readonly kind: MovementKind;
  readonly fromNodeId: string | null;
  readonly toNodeId: string | null;
  readonly amount: Fixed;
  readonly currency: string;
  readonly why: string;
  readonly actor: string;
  readonly status: MovementStatus;
  readonly waitsFor: "approval" | "closing" | "reopening" | null;
  readonly undoOf: string | null;
  readonly at: number;
};

export type Moved = { readonly movementId: string; readonly moved: boolean; readonly pendingApproval: boolean };

/** Rows of movements; each method is one transaction with its audit entries and events. Throws NOT_FOUND for what is another tenant's. */
export interface MovementStore {
  /** Symbols whose prices a movement between these wallets asks for. */
  symbolsToPrice(workspaceId: string, nodeIds: readonly string[]): Promise<readonly string[]>;
  preview(scope: TenantScope, orders: readonly PlannedOrder[], context: MoveContext): Promise<MovementPlan>;
  /** All orders or none. Throws KEY_REUSED, PREVIEW_STALE and the plan's refusals. */
  apply(scope: TenantScope, orders: readonly (PlannedOrder & { readonly venueKey?: string })[], context: MoveContext): Promise<readonly Moved[]>;
  get(scope: TenantScope, movementId: string): Promise<MovementRow>;
  /** A pending movement that waits for a person: done, refused, or (a recall that closes) waiting for positions to be closed. Throws NOT_PENDING, SAME_PERSON and the plan's refusals. */
  decide(scope: TenantScope, movementId: string, agreed: boolean, reason: string, context: MoveContext): Promise<Moved>;
  /** The reverse of a done movement, once, within 24 hours of wall time. Throws NOT_DONE, UNDO_IMPOSSIBLE, UNDO_TOO_LATE (until when) and the plan's refusals. */
  undo(scope: TenantScope, movementId: string, context: MoveContext): Promise<Moved>;
  /** A recall that waits until positions are closed, a large one first for a second person. The same key is the same row. Throws the plan's refusals but those of what is free. */
  askClosing(scope: TenantScope, order: PlannedOrder, context: MoveContext): Promise<MovementRow>;
  /** Ends such a recall: moves `amount` under its key, or (null, or a rule that holds it back) refuses it for a reason. The agent then waits to be let trade again. */
  endClosing(scope: TenantScope, movementId: string, amount: Fixed | null, reason: string | null, context: MoveContext): Promise<Moved>;
  reopened(movementId: string): Promise<void>;
  /** Recalls that wait for positions to be closed, or whose agent is still to be let trade again; any workspace; tried longest ago first. */
  closings(limit: number): Promise<readonly MovementRow[]>;
  /** Somebody goes on with such a recall now (wall ms): whatever comes of it, others are next. */
  closingTried(movementId: string, wallNow: number): Promise<void>;
  /** Transfers that the venue has not confirmed: of these movements' agents, or (null) of any workspace, made before `before` (wall ms), tried longest ago first. */
  unmirrored(
    filter: { readonly agentIds: readonly string[] } | { readonly before: number; readonly limit: number },
  ): Promise<readonly VenueTransferRow[]>;
  mirrored(transferId: string, wallNow: number): Promise<void>;
  /** The venue did not take it (wall ms): others are next. */
  mirrorTried(transferId: string, wallNow: number): Promise<void>;
  agentsAt(workspaceId: string, nodeIds: readonly string[]): Promise<readonly { readonly agentId: string; readonly nodeId: string }[]>;
}

/** Turns what an agent holds into cash, so that it can be recalled. */
export interface PositionCloser {
  /** Takes back open orders and sells all that is held, reduce-only; the agent may only reduce meanwhile. Asked again it goes on. True when nothing is held or open any more. */
  close(scope: TenantScope, agentId: string, recallId: string): Promise<boolean>;
  /** The agent may trade again, if it was this recall that stopped it. */
  reopen(scope: TenantScope, agentId: string, recallId: string): Promise<void>;
}

/** What goals want of a wallet's money. */
export interface GoalDemands {
  /** One entry a child of the wallet that has money: what it should have (base currency) and its goal's priority (1 = first). */
  demands(scope: TenantScope, nodeId: string): Promise<Readonly<Record<string, { readonly wanted: Fixed; readonly priority: number }>>>;
}

export type RebalanceParent = {
  readonly id: string;
  readonly name: string;
  readonly kind: NodeKind;
  readonly currency: string;
  readonly free: Fixed;
};
export type RebalanceChild = {
  readonly nodeId: string;
  readonly name: string;
  readonly equity: Fixed;
  readonly free: Fixed;
  /** Market ms of the first decision of its configuration of today, of a farm the latest of its agents'; null = none yet. */
  readonly unchangedSince: number | null;
};

export type RebalanceStatus = "proposed" | "running" | "done" | "failed";
export type RebalanceRow = {
  readonly id: string;
  readonly workspaceId: string;
  readonly nodeId: string;
  readonly policy: string;
  readonly status: RebalanceStatus;
  readonly moves: readonly { readonly fromNodeId: string; readonly toNodeId: string; readonly amount: Fixed }[];
  readonly done: number;
  readonly total: number;
  readonly reason: string | null;
  readonly actor: string;
  readonly needsApproval: boolean;
  /** A second person has agreed to it. */
  readonly approved: boolean;
  readonly turnover: number;
  readonly at: number;
};

export type RebalanceSchedule = "off" | "daily" | "weekly";
export type RebalanceSetting = {
  readonly nodeId: string;
  readonly workspaceId: string;
  readonly policy: string;
  readonly params: Json;
  readonly schedule: RebalanceSchedule;
  readonly apply: boolean;
  /** Who asks for what it makes ("user:…"). */
  readonly configuredBy: string | null;
  readonly lastAt: number | null;
};

/** Rows of rebalancings and of how they are to be made by themselves. */
export interface RebalanceStore {
  /** The node and the open agents and farms right under it. Throws NOT_FOUND. */
  wallets(
    scope: TenantScope,
    nodeId: string,
    prices: Readonly<Record<string, Fixed>>,
  ): Promise<{ readonly parent: RebalanceParent; readonly children: readonly RebalanceChild[] }>;
  /** Throws REBALANCE_RUNNING while one of the node runs. */
  assertIdle(nodeId: string): Promise<void>;
  /**
   * What the product itself begins is asked for by whoever set the schedule; of a `due` setting it is written in the same transaction
   * that it was made. Throws REBALANCE_RUNNING while another one of the node runs, NOT_DUE when somebody else took it.
   */
  begin(
    scope: TenantScope,
    row: Omit<RebalanceRow, "id" | "workspaceId" | "done" | "total" | "reason" | "actor" | "approved">,
    wallAt: number,
    due?: RebalanceSetting | null,
  ): Promise<RebalanceRow>;
  /** proposed → running; `large`: by the rules of now. Throws NOT_PROPOSED, SAME_PERSON (it needs a second person), REBALANCE_RUNNING. */
  accept(scope: TenantScope, id: string, large: boolean): Promise<RebalanceRow>;
  get(scope: TenantScope, id: string): Promise<RebalanceRow>;
  list(scope: TenantScope, limit: number): Promise<readonly RebalanceRow[]>;
  progress(id: string, done: number): Promise<void>;
  end(row: RebalanceRow, status: "done" | "failed", reason: string | null, wallAt: number): Promise<void>;
  /** Any workspace; tried longest ago first. */
  running(limit: number): Promise<readonly RebalanceRow[]>;
  /** Somebody goes on with it now (wall ms): whatever comes of it, others are next. */
  tried(id: string, wallAt: number): Promise<void>;
  setting(scope: TenantScope, nodeId: string): Promise<RebalanceSetting | null>;
  set(scope: TenantScope, setting: Omit<RebalanceSetting, "workspaceId" | "lastAt" | "configuredBy">): Promise<void>;
  /** Movements of this rebalancing that were made: amount by key. */
  made(id: string): Promise<ReadonlyMap<string, Fixed>>;
  /** The setting whose time came longest ago, of any workspace, none of these nodes. It stays due until it is begun or passed over. */
  nextDue(marketNow: number, except: readonly string[]): Promise<RebalanceSetting | null>;
  /** This time nothing was to be made of it. */
  passDue(setting: RebalanceSetting, marketNow: number): Promise<void>;
}
