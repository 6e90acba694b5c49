import type { Fixed, TenantScope } from "@/server/shared";
import type { MovementKind, RecordPoint } from "./types";

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
