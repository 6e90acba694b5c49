import type { Fixed, TenantScope } from "@/server/shared";
import type { MovementPlan, PlannedOrder } from "./plan-movements";
import type { MovementKind, MovementStatus, RecordPoint } from "./types";

export interface NodeRecords {
  /** Points at most `points` (default 500), oldest first; throws NOT_FOUND for another tenant's node. */
  record(
    scope: TenantScope,
    nodeId: string,
    range: { readonly from: number; readonly to: number; readonly points?: number },
  ): Promise<readonly RecordPoint[]>;
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
  /** A pending movement that waits for a person: done or refused. Throws NOT_PENDING, SAME_PERSON and the plan's refusals. */
  decide(scope: TenantScope, movementId: string, agreed: boolean, reason: string, context: MoveContext): Promise<Moved>;
  /** The reverse of a done movement, once. Throws NOT_DONE, UNDO_IMPOSSIBLE and the plan's refusals. */
  undo(scope: TenantScope, movementId: string, context: MoveContext): Promise<Moved>;
  /** A recall that waits until positions are closed. The same key is the same row. */
  askClosing(scope: TenantScope, order: PlannedOrder, context: MoveContext): Promise<MovementRow>;
  /** Ends such a recall: moves `amount` under its key, or (null) refuses it for a reason. The agent then waits to be let trade again. */
  endClosing(scope: TenantScope, movementId: string, amount: Fixed | null, reason: string | null, context: MoveContext): Promise<Moved>;
  reopened(movementId: string): Promise<void>;
  /** Recalls that wait for positions to be closed, or whose agent is still to be let trade again; any workspace. */
  closings(limit: number): Promise<readonly MovementRow[]>;
  /** Transfers that the venue has not confirmed: of these movements' agents, or (null) of any workspace, made before `before` (wall ms). */
  unmirrored(
    filter: { readonly agentIds: readonly string[] } | { readonly before: number; readonly limit: number },
  ): Promise<readonly VenueTransferRow[]>;
  mirrored(transferId: string, wallNow: number): Promise<void>;
  agentsAt(workspaceId: string, nodeIds: readonly string[]): Promise<readonly { readonly agentId: string; readonly nodeId: string }[]>;
}

/** Turns what an agent holds into cash, so that it can be recalled. */
export interface PositionCloser {
  /** Takes back open orders and sells all that is held, reduce-only; the agent may only reduce meanwhile. Asked again it goes on. True when nothing is held or open any more. */
  close(scope: TenantScope, agentId: string, recallId: string): Promise<boolean>;
  /** The agent may trade again, if it was this recall that stopped it. */
  reopen(scope: TenantScope, agentId: string, recallId: string): Promise<void>;
}
