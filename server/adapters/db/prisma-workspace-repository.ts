import type { Limits, TradingState } from "@/server/risk";
import { type Fixed, notFound, type TenantScope } from "@/server/shared";
import { appendEvents } from "./append-events";
import { writeAudit } from "./audit";
import type { Database, Tx } from "./database";
import { decimalToFixed, fixedToDecimal } from "./decimal";
import { limitsFromJson, limitsToJson } from "./limits-json";
import { supersedeMitigations } from "./supersede-mitigations";

export type WorkspaceRow = {
  readonly id: string;
  readonly name: string;
  readonly tradingState: TradingState;
  readonly tradingReason: string | null;
  readonly limits: Limits;
  /** USD per UTC day. */
  readonly dailyModelCap: Fixed;
  readonly baseCurrency: string;
  readonly treasuryNodeId: string;
};

/** The workspace itself: its limits, model cap, trading state and treasury. */
export class PrismaWorkspaceRepository {
  constructor(private readonly db: Database) {}

  /** Throws NOT_FOUND. */
  async get(scope: TenantScope, tx: Tx = this.db.prisma): Promise<WorkspaceRow> {
    const row = await tx.workspace.findUnique({
      where: { id: scope.workspaceId },
      include: { nodes: { where: { kind: "treasury" }, select: { id: true }, orderBy: { id: "asc" }, take: 1 } },
    });
    const treasury = row?.nodes[0];
    if (!row || !treasury) throw notFound("The workspace");
    return {
      id: row.id,
      name: row.name,
      tradingState: row.tradingState as TradingState,
      tradingReason: row.tradingReason,
      limits: limitsFromJson(row.limits),
      dailyModelCap: decimalToFixed(row.dailyModelCap),
      baseCurrency: row.baseCurrency,
      treasuryNodeId: treasury.id,
    };
  }

  /** Sets limits and cap; audited. */
  async setLimits(scope: TenantScope, change: { limits: Limits; dailyModelCap: Fixed }): Promise<void> {
    const limits = limitsToJson(change.limits);
    await this.db.transaction(async (tx) => {
      const dailyModelCap = fixedToDecimal(change.dailyModelCap);
      await tx.workspace.update({ where: { id: scope.workspaceId }, data: { limits, dailyModelCap } });
      await writeAudit(tx, scope, { action: "workspace.limits.set", data: { limits, dailyModelCap: dailyModelCap.toFixed() } });
    });
  }

  /** Audited. */
  async rename(scope: TenantScope, name: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      const { name: from } = await tx.workspace.findUniqueOrThrow({ where: { id: scope.workspaceId } });
      await tx.workspace.update({ where: { id: scope.workspaceId }, data: { name } });
      await writeAudit(tx, scope, { action: "workspace.renamed", data: { from, to: name } });
    });
  }

  /** Sets the trading state; audited, with its event, and done again without effect when it is that already. */
  setTradingState(scope: TenantScope, state: TradingState, reason: string | null): Promise<void> {
    return this.db.transaction((tx) => this.setTradingStateIn(tx, scope, state, reason));
  }

  /** {@link setTradingState} inside the caller's transaction. */
  async setTradingStateIn(tx: Tx, scope: TenantScope, state: TradingState, reason: string | null): Promise<void> {
    const { count } = await tx.workspace.updateMany({
      where: { id: scope.workspaceId, tradingState: { not: state } },
      data: { tradingState: state, tradingReason: reason },
    });
    if (count === 0) return;
    if (state === "active") await supersedeMitigations(tx, scope, null);
    await writeAudit(tx, scope, { action: "workspace.trading-state.set", data: { state, reason } });
    await appendEvents(tx, scope.workspaceId, [{ type: "workspace/trading.changed", data: { state, reason } }]);
  }
}
