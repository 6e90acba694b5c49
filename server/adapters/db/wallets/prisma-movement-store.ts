import type { Movement } from "@/generated/prisma/client";
import { actorText, DomainError, type Fixed, notFound, type TenantScope, toText } from "@/server/shared";
import {
  type MoveContext,
  type Moved,
  type MovementKind,
  type MovementPlan,
  type MovementRow,
  type MovementStatus,
  type MovementStore,
  type PlannedOrder,
  planMovements,
  undoUntil,
  type VenueTransferRow,
} from "@/server/wallets";
import { appendEvents } from "../append-events";
import { writeAudit } from "../audit";
import type { Database, Tx } from "../database";
import { decimalToFixed } from "../decimal";
import { newId } from "../new-id";
import { isSamePerson, personOfActor } from "../person-of-actor";
import { applyMovements, follow, lockTrees, type MovementContext, post, queryOf, type StoredOrder } from "./apply-movements";
import { loadSituation, type SituationContext } from "./load-situation";

/** What was never tried comes first, then what was tried longest ago: rows that fail again and again keep no other from its turn. */
const LONGEST_UNTRIED = { triedAt: { sort: "asc", nulls: "first" } } as const;

/** Movements of money in Postgres. */
export class PrismaMovementStore implements MovementStore {
  constructor(private readonly db: Database) {}

  async symbolsToPrice(workspaceId: string, nodeIds: readonly string[]): Promise<readonly string[]> {
    const rows = await this.db.raw.query<{ symbol: string }>(
      `SELECT DISTINCT p.symbol FROM "Position" p JOIN "Agent" a ON a.id = p."agentId" WHERE a."workspaceId" = $1::uuid AND p.quantity > 0
       UNION SELECT jsonb_object_keys(a.benchmark->'units') FROM "Agent" a
        WHERE a."workspaceId" = $1::uuid AND a."nodeId" = ANY($2::uuid[]) AND jsonb_typeof(a.benchmark->'units') = 'object'`,
      [workspaceId, nodeIds],
    );
    return rows.map((r) => r.symbol);
  }

  async preview(scope: TenantScope, orders: readonly PlannedOrder[], context: MoveContext): Promise<MovementPlan> {
    const query = <R extends Record<string, unknown>>(sql: string, params: readonly unknown[] = []) => this.db.raw.query<R>(sql, params);
    return planMovements(await loadSituation(query, scope.workspaceId, orders, asking(scope, context)), orders);
  }

  apply(scope: TenantScope, orders: readonly StoredOrder[], context: MoveContext): Promise<readonly Moved[]> {
    return this.db.transaction((tx) => applyMovements(tx, scope, orders, context));
  }

  async get(scope: TenantScope, movementId: string): Promise<MovementRow> {
    const row = await this.db.prisma.movement.findFirst({ where: { id: movementId, workspaceId: scope.workspaceId } });
    if (!row) throw notFound("This movement");
    return movementRow(row);
  }

  decide(scope: TenantScope, movementId: string, agreed: boolean, reason: string, context: MoveContext): Promise<Moved> {
    return this.db.transaction(async (tx) => {
      await lockTrees(tx, scope.workspaceId);
      const row = await pendingRow(tx, scope, movementId, "approval");
      if (agreed && (await isSamePerson(tx, scope, row.person ?? row.actor)))
        throw new DomainError("SAME_PERSON", "Whoever asked for a movement cannot agree to it: a second person must.", { kind: "forbidden" });
      if (!agreed) return refuse(tx, scope, row, reason);
      const undoes = row.undoOf !== null;
      if (row.closes && tooLittleIsFree((await planned(tx, scope, orderOf(row), context)).refusal)) return beginClosing(tx, scope, row, context);
      return finish(tx, scope, row, { ...orderOf(row), unbound: undoes, exact: undoes }, { ...context, decidedBy: actorText(scope) });
    });
  }

  undo(scope: TenantScope, movementId: string, context: MoveContext): Promise<Moved> {
    return this.db.transaction(async (tx) => {
      await lockTrees(tx, scope.workspaceId);
      const row = await tx.movement.findFirst({ where: { id: movementId, workspaceId: scope.workspaceId } });
      if (!row) throw notFound("This movement");
      const reverse = await tx.movement.findUnique({ where: { undoOf: row.id } });
      if (reverse) return { movementId: reverse.id, moved: false, pendingApproval: reverse.status === "pending" };
      await assertCanBeUndone(tx, row, context.wallAt);
      const order: PlannedOrder = {
        kind: REVERSE[row.kind as MovementKind],
        fromNodeId: row.toNodeId,
        toNodeId: row.fromNodeId,
        amount: decimalToFixed(row.amount),
        key: `undo:${row.id}:${await tx.movement.count({ where: { workspaceId: scope.workspaceId, key: { startsWith: `undo:${row.id}:` } } })}`,
        why: `Takes back: ${row.why || row.kind}`,
        exact: true,
        unbound: true,
        apart: row.counts && row.person === (await personOfActor(tx, scope.workspaceId, actorText(scope))),
      };
      const [moved] = await applyMovements(tx, scope, [order], { ...context, undoOf: row.id });
      if (!moved) throw new Error("one order gives one movement");
      // A large one waits for a second person, and what it takes back stays done until then.
      if (moved.moved) await tx.movement.update({ where: { id: row.id }, data: { status: "undone" } });
      return moved;
    });
  }

  askClosing(scope: TenantScope, order: PlannedOrder, context: MoveContext): Promise<MovementRow> {
    return this.db.transaction(async (tx) => {
      await lockTrees(tx, scope.workspaceId);
      const known = await tx.movement.findUnique({ where: { workspaceId_key: { workspaceId: scope.workspaceId, key: order.key } } });
      if (known) {
        if (known.kind !== order.kind || known.fromNodeId !== order.fromNodeId || known.toNodeId !== order.toNodeId)
          throw new DomainError("KEY_REUSED", "This key was used for another movement before. Nothing was moved.", {
            kind: "conflict",
            field: "key",
          });
        return movementRow(known);
      }
      const { refusal, needsApproval } = await planned(tx, scope, { ...order, closing: true }, context);
      if (refusal) throw refusal;
      const node = await tx.walletNode.findFirst({ where: { id: order.fromNodeId ?? "", workspaceId: scope.workspaceId } });
      const row = await tx.movement.create({
        data: {
          id: newId(),
          workspaceId: scope.workspaceId,
          key: order.key,
          kind: order.kind,
          fromNodeId: order.fromNodeId,
          toNodeId: order.toNodeId,
          amount: toText(order.amount),
          currency: node?.currency ?? "",
          why: order.why,
          actor: actorText(scope),
          person: await personOfActor(tx, scope.workspaceId, actorText(scope)),
          counts: !needsApproval,
          status: "pending",
          waitsFor: needsApproval ? "approval" : "closing",
          closes: needsApproval,
          at: new Date(context.at),
          wallAt: new Date(context.wallAt),
        },
      });
      await writeAudit(tx, scope, { action: "wallet.recall-asked", subject: row.id, data: { amount: toText(order.amount), from: order.fromNodeId } });
      await appendEvents(tx, scope.workspaceId, [{ type: "wallet/changed", data: { nodeId: order.fromNodeId ?? "" } }]);
      return movementRow(row);
    });
  }

  endClosing(scope: TenantScope, movementId: string, amount: Fixed | null, reason: string | null, context: MoveContext): Promise<Moved> {
    return this.db.transaction(async (tx) => {
      await lockTrees(tx, scope.workspaceId);
      const row = await pendingRow(tx, scope, movementId, "closing");
      if (amount === null) return refuse(tx, scope, row, reason ?? "", "reopening");
      // The rules of now bind; whoever had to agree has agreed. What one of them holds back is over, so that the agent trades again.
      const order = { ...orderOf(row), amount };
      const { refusal } = await planned(tx, scope, order, context);
      if (refusal && !tooLittleIsFree(refusal)) return refuse(tx, scope, row, refusal.message, "reopening");
      return finish(tx, scope, row, order, { ...context, reason, waitsFor: "reopening" });
    });
  }

  async reopened(movementId: string): Promise<void> {
    await this.db.prisma.movement.updateMany({ where: { id: movementId, waitsFor: "reopening" }, data: { waitsFor: null } });
  }

  async closings(limit: number): Promise<readonly MovementRow[]> {
    const rows = await this.db.prisma.movement.findMany({
      where: { waitsFor: { in: ["closing", "reopening"] } },
      orderBy: [LONGEST_UNTRIED, { wallAt: "asc" }, { id: "asc" }],
      take: limit,
    });
    return rows.map(movementRow);
  }

  async closingTried(movementId: string, wallNow: number): Promise<void> {
    await this.db.prisma.movement.updateMany({ where: { id: movementId }, data: { triedAt: new Date(wallNow) } });
  }

  async unmirrored(filter: Parameters<MovementStore["unmirrored"]>[0]): Promise<readonly VenueTransferRow[]> {
    const rows = await this.db.prisma.venueTransfer.findMany({
      where: { doneAt: null, ...("agentIds" in filter ? { agentId: { in: [...filter.agentIds] } } : { createdAt: { lt: new Date(filter.before) } }) },
      orderBy: [...("limit" in filter ? [LONGEST_UNTRIED] : []), { createdAt: "asc" as const }, { id: "asc" as const }],
      ...("limit" in filter ? { take: filter.limit } : {}),
    });
    return rows.map(({ id, agentId, currency, amount, key }) => ({ id, agentId, currency, key, amount: decimalToFixed(amount) }));
  }

  async mirrorTried(transferId: string, wallNow: number): Promise<void> {
    await this.db.prisma.venueTransfer.updateMany({ where: { id: transferId, doneAt: null }, data: { triedAt: new Date(wallNow) } });
  }

  async mirrored(transferId: string, wallNow: number): Promise<void> {
    await this.db.prisma.venueTransfer.updateMany({ where: { id: transferId, doneAt: null }, data: { doneAt: new Date(wallNow) } });
  }

  async agentsAt(workspaceId: string, nodeIds: readonly string[]): Promise<readonly { readonly agentId: string; readonly nodeId: string }[]> {
    const rows = await this.db.prisma.agent.findMany({ where: { workspaceId, nodeId: { in: [...nodeIds] } }, select: { id: true, nodeId: true } });
    return rows.map((r) => ({ agentId: r.id, nodeId: r.nodeId }));
  }
}

const REVERSE: Readonly<Record<MovementKind, MovementKind>> = {
  deposit: "withdraw",
  withdraw: "deposit",
  allocate: "collect",
  recall: "allocate",
  rebalance: "rebalance",
  collect: "sweep",
  sweep: "sweep",
};

async function assertCanBeUndone(tx: Tx, row: Movement, wallNow: number): Promise<void> {
  if (row.status !== "done")
    throw new DomainError("NOT_DONE", `This movement is ${row.status}: there is nothing to take back.`, { kind: "conflict", field: "movementId" });
  if (row.undoOf !== null)
    throw new DomainError("UNDO_IMPOSSIBLE", "This movement took another one back: make a new movement instead.", {
      kind: "conflict",
      field: "movementId",
    });
  const until = undoUntil(row.wallAt.getTime());
  if (wallNow > until) {
    const iso = `${new Date(until).toISOString().slice(0, 16).replace("T", " ")} UTC`;
    throw new DomainError("UNDO_TOO_LATE", `This movement could be taken back until ${iso}: make a new movement instead.`, {
      kind: "conflict",
      field: "movementId",
      data: { until },
    });
  }
  const node = await tx.walletNode.findUniqueOrThrow({ where: { id: row.fromNodeId ?? row.toNodeId ?? "" } });
  if (node.mode === "live" && (row.fromNodeId === null || row.toNodeId === null))
    throw new DomainError("UNDO_IMPOSSIBLE", "This records a transfer that was made outside: record the transfer back when it was made.", {
      kind: "conflict",
      field: "movementId",
    });
}

async function pendingRow(tx: Tx, scope: TenantScope, movementId: string, waitsFor: string): Promise<Movement> {
  const row = await tx.movement.findFirst({ where: { id: movementId, workspaceId: scope.workspaceId } });
  if (!row) throw notFound("This movement");
  if (row.status !== "pending" || row.waitsFor !== waitsFor)
    throw new DomainError("NOT_PENDING", `This movement is ${row.status}: nobody has to decide about it.`, { kind: "conflict", field: "movementId" });
  return row;
}

async function refuse(tx: Tx, scope: TenantScope, row: Movement, reason: string, waitsFor: string | null = null): Promise<Moved> {
  const decidedBy = actorText(scope);
  await tx.movement.update({ where: { id: row.id }, data: { status: "refused", waitsFor, reason, decidedBy, undoOf: null } });
  await writeAudit(tx, scope, { action: "wallet.move-refused", subject: row.id, data: { reason } });
  await appendEvents(tx, scope.workspaceId, [{ type: "wallet/changed", data: { nodeId: row.fromNodeId ?? row.toNodeId ?? "" } }]);
  return { movementId: row.id, moved: false, pendingApproval: false };
}

const planned = async (tx: Tx, scope: TenantScope, order: PlannedOrder, context: MovementContext): Promise<MovementPlan> =>
  planMovements(await loadSituation(queryOf(tx), scope.workspaceId, [order], asking(scope, context)), [order]);

/** Whoever calls asks, unless the context names somebody. */
const asking = (scope: TenantScope, context: MovementContext): SituationContext => ({ ...context, askedBy: context.askedBy ?? actorText(scope) });

const tooLittleIsFree = (refusal: DomainError | null): boolean => refusal?.code === "INSUFFICIENT_FUNDS" || refusal?.code === "BELOW_RESERVE";

/** A recall that was agreed to: from here on what the agent holds may be sold. Throws the refusals of the rules that are not about what is free. */
async function beginClosing(tx: Tx, scope: TenantScope, row: Movement, context: MovementContext): Promise<Moved> {
  const { refusal } = await planned(tx, scope, { ...orderOf(row), closing: true }, context);
  if (refusal) throw refusal;
  await tx.movement.update({ where: { id: row.id }, data: { waitsFor: "closing", decidedBy: actorText(scope) } });
  await writeAudit(tx, scope, { action: "wallet.recall-agreed", subject: row.id, data: { amount: toText(orderOf(row).amount), askedBy: row.actor } });
  await appendEvents(tx, scope.workspaceId, [{ type: "wallet/changed", data: { nodeId: row.fromNodeId ?? "" } }]);
  return { movementId: row.id, moved: false, pendingApproval: false };
}

type Ending = MovementContext & { readonly decidedBy?: string; readonly reason?: string | null; readonly waitsFor?: string };

/** Does what a pending row asked for: planned anew on the books of now, under the row's own key. */
async function finish(tx: Tx, scope: TenantScope, row: Movement, order: PlannedOrder, context: Ending): Promise<Moved> {
  const plan = await planned(tx, scope, order, context);
  if (plan.refusal) throw plan.refusal;
  const [movement] = plan.movements;
  if (!movement) throw new Error("one order gives one movement");
  const transactionId = await post(tx, scope, movement);
  const { reason = null, waitsFor = null } = context;
  const decidedBy = row.decidedBy ?? context.decidedBy ?? null;
  await tx.movement.update({
    where: { id: row.id },
    data: { status: "done", waitsFor, transactionId, decidedBy, amount: toText(order.amount), reason, at: new Date(context.at) },
  });
  if (row.undoOf) await tx.movement.update({ where: { id: row.undoOf }, data: { status: "undone" } });
  const data = { kind: row.kind, from: row.fromNodeId, to: row.toNodeId, amount: toText(order.amount), askedBy: row.actor };
  await writeAudit(tx, scope, { action: `wallet.${row.kind}`, subject: row.id, data });
  await follow(tx, scope, movement, { movementId: row.id, currency: row.currency }, context);
  const ends = [order.fromNodeId, order.toNodeId].filter((id): id is string => id !== null);
  await appendEvents(
    tx,
    scope.workspaceId,
    ends.map((nodeId) => ({ type: "wallet/changed" as const, data: { nodeId } })),
  );
  return { movementId: row.id, moved: true, pendingApproval: false };
}

const orderOf = (row: Movement): PlannedOrder => ({
  kind: row.kind as MovementKind,
  fromNodeId: row.fromNodeId,
  toNodeId: row.toNodeId,
  amount: decimalToFixed(row.amount),
  key: row.key,
  why: row.why,
});

const movementRow = (row: Movement): MovementRow => ({
  ...orderOf(row),
  id: row.id,
  workspaceId: row.workspaceId,
  currency: row.currency,
  actor: row.actor,
  status: row.status as MovementStatus,
  waitsFor: row.waitsFor as MovementRow["waitsFor"],
  undoOf: row.undoOf,
  at: row.at.getTime(),
});
