import type { Prisma } from "@/generated/prisma/client";
import type { Benchmark } from "@/server/agents";
import { actorText, add, DomainError, div, type Fixed, fixed, hashId, mul, neg, type TenantScope, toText } from "@/server/shared";
import { type MovementPlan, type PlannedMovement, type PlannedOrder, planMovements } from "@/server/wallets";
import { appendEvents } from "../append-events";
import { writeAudit } from "../audit";
import type { Tx } from "../database";
import { newId } from "../new-id";
import { personOfActor } from "../person-of-actor";
import { postAllInTransaction } from "../post-transactions";
import { addToTotals } from "./add-to-totals";
import { loadSituation, type Prices, type Query } from "./load-situation";

export type MovementContext = {
  /** Market and wall time (ms). */
  readonly at: number;
  readonly wallAt: number;
  readonly prices: Prices;
  readonly batchId?: string;
  /** Of the preview this executes: refused with PREVIEW_STALE when the wallets have changed since. */
  readonly previewHash?: string;
  /** A second person has agreed, or the movement only takes back what was done. */
  readonly approved?: boolean;
  /** For whom it is made ("user:…"), when that is not the caller: whoever set the schedule of a rebalancing. */
  readonly askedBy?: string;
  readonly undoOf?: string;
};

/** Key under which the venue mirrors it when it is not the order's own. */
export type StoredOrder = PlannedOrder & { readonly venueKey?: string };

export type AppliedMovement = {
  readonly movementId: string;
  readonly moved: boolean;
  readonly pendingApproval: boolean;
};

/** The statements of an open transaction as {@link Query}. */
export const queryOf =
  (tx: Tx): Query =>
  (sql, params = []) =>
    tx.$queryRawUnsafe(sql, ...params);

/**
 * Moves money inside the caller's transaction: all orders or none. One ledger transaction, audit entry and row each; venue transfers for
 * agents' ends are written down and made after the commit. An order whose key is there already has no effect. Throws KEY_REUSED,
 * PREVIEW_STALE, and the plan's first refusal.
 */
export async function applyMovements(
  tx: Tx,
  scope: TenantScope,
  orders: readonly StoredOrder[],
  context: MovementContext,
): Promise<readonly AppliedMovement[]> {
  const { workspaceId } = scope;
  await lockTrees(tx, workspaceId);
  const known = await knownMovements(tx, workspaceId, orders);
  const fresh = orders.filter((o) => !known.has(o.key));
  const person = await personOfActor(tx, workspaceId, context.askedBy ?? actorText(scope));
  const askedBy = context.approved === true ? null : person;
  const plan = planMovements(await loadSituation(queryOf(tx), workspaceId, fresh, { ...context, askedBy }), fresh);
  if (fresh.length > 0 && context.previewHash !== undefined && context.previewHash !== plan.hash)
    throw new DomainError("PREVIEW_STALE", "These wallets have changed since the preview was made: look at it again. Nothing was moved.", {
      kind: "conflict",
    });
  if (plan.refusal) throw plan.refusal;
  const ids = new Map(known);
  for (const movement of plan.movements) ids.set(movement.order.key, await write(tx, scope, movement, { ...context, person }));
  if (fresh.length > 0) await announce(tx, scope, plan);
  return orders.map((o) => ids.get(o.key) as AppliedMovement);
}

/** One movement at a time in a workspace: rules compare with what others have moved. Fills and orders do not wait here. */
export async function lockTrees(tx: Tx, workspaceId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "WalletNode" WHERE "workspaceId" = ${workspaceId}::uuid AND kind = 'treasury' ORDER BY id FOR NO KEY UPDATE`;
}

async function knownMovements(tx: Tx, workspaceId: string, orders: readonly StoredOrder[]): Promise<Map<string, AppliedMovement>> {
  const rows = await tx.movement.findMany({ where: { workspaceId, key: { in: orders.map((o) => o.key) } } });
  const known = new Map<string, AppliedMovement>();
  for (const row of rows) {
    const order = orders.find((o) => o.key === row.key) as StoredOrder;
    const amount = fixed(row.amount.toFixed());
    // A recall that waited may have brought less than was asked for: asked again it is still the same.
    const sameAmount = amount === order.amount || (row.kind === "recall" && row.reason !== null && amount < order.amount);
    const same = row.kind === order.kind && row.fromNodeId === order.fromNodeId && row.toNodeId === order.toNodeId && sameAmount;
    if (!same)
      throw new DomainError("KEY_REUSED", "This key was used for another movement before. Nothing was moved.", {
        kind: "conflict",
        field: "key",
        data: { movementId: row.id, amount: row.amount.toFixed(), kind: row.kind },
      });
    if (row.status === "refused")
      throw new DomainError("MOVEMENT_REFUSED", `This movement was refused: ${row.reason ?? "no reason was given"}`, {
        kind: "conflict",
        data: { movementId: row.id },
      });
    known.set(row.key, { movementId: row.id, moved: false, pendingApproval: row.status === "pending" });
  }
  return known;
}

async function write(
  tx: Tx,
  scope: TenantScope,
  movement: PlannedMovement,
  context: MovementContext & { readonly person: string },
): Promise<AppliedMovement> {
  const { order } = movement;
  const pending = movement.needsApproval && context.approved !== true;
  const movementId = newId();
  const transactionId = pending ? null : await post(tx, scope, movement);
  const currency = movement.draft?.postings[0]?.account.currency ?? "";
  await tx.movement.create({
    data: {
      id: movementId,
      workspaceId: scope.workspaceId,
      key: order.key,
      kind: order.kind,
      fromNodeId: order.fromNodeId,
      toNodeId: order.toNodeId,
      amount: toText(order.amount),
      currency,
      why: order.why,
      actor: actorText(scope),
      person: context.person,
      // What waits is agreed to by somebody else, or never made.
      counts: !pending && context.approved !== true && order.apart !== true,
      status: pending ? "pending" : "done",
      waitsFor: pending ? "approval" : null,
      undoOf: context.undoOf ?? null,
      batchId: context.batchId ?? null,
      transactionId,
      at: new Date(context.at),
      wallAt: new Date(context.wallAt),
    },
  });
  const data = { kind: order.kind, from: order.fromNodeId, to: order.toNodeId, amount: toText(order.amount), currency, why: order.why };
  await writeAudit(tx, scope, { action: pending ? "wallet.move-asked" : `wallet.${order.kind}`, subject: movementId, data });
  if (!pending) await follow(tx, scope, movement, { movementId, currency }, context);
  return { movementId, moved: !pending, pendingApproval: pending };
}

/** The ledger transaction of a movement. A refusal of the ledger names the amount. */
export async function post(tx: Tx, scope: TenantScope, { draft }: PlannedMovement): Promise<string> {
  if (!draft) throw new Error("a movement that was not refused has postings");
  try {
    const [posted] = await postAllInTransaction(tx, scope.workspaceId, [draft]);
    return (posted as { transactionId: string }).transactionId;
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "INSUFFICIENT_FUNDS") throw error;
    const { have, need } = error.details.data ?? {};
    throw new DomainError("INSUFFICIENT_FUNDS", `Only ${have} is free, and ${need} is needed.`, { ...error.details, field: "amount" });
  }
}

/** What follows from a posted movement: returns' chain links, the agents' benchmarks, and the transfers that the venue is to mirror. */
export async function follow(
  tx: Tx,
  scope: TenantScope,
  { order, flows }: PlannedMovement & { readonly order: StoredOrder },
  { movementId, currency }: { readonly movementId: string; readonly currency: string },
  { at, prices }: Pick<MovementContext, "at" | "prices">,
): Promise<void> {
  const { workspaceId } = scope;
  await tx.nodeFlow.createMany({
    data: flows.map((f) => ({
      id: newId(),
      workspaceId,
      movementId,
      nodeId: f.nodeId,
      flow: toText(f.flow),
      equityBefore: toText(f.equityBefore),
      at: new Date(at),
    })),
  });
  const { fromNodeId, toNodeId, amount: moved } = order;
  await addToTotals(tx, workspaceId, [
    ...flows.map((f) => ({ nodeId: f.nodeId, flow: { amount: f.flow, equityBefore: f.equityBefore } })),
    ...(fromNodeId === null ? [] : [{ nodeId: fromNodeId, went: moved, outside: toNodeId === null }]),
    ...(toNodeId === null ? [] : [{ nodeId: toNodeId, came: moved, outside: fromNodeId === null }]),
  ]);
  const ends = [fromNodeId, toNodeId].filter((id): id is string => id !== null);
  const agents = await tx.agent.findMany({ where: { nodeId: { in: ends } }, select: { id: true, nodeId: true, benchmark: true } });
  for (const agent of agents) {
    const amount = agent.nodeId === order.toNodeId ? order.amount : neg(order.amount);
    const key = order.venueKey ?? order.key;
    await tx.venueTransfer.create({
      data: { id: hashId("venue transfer", agent.id, key), workspaceId, agentId: agent.id, key, currency, amount: toText(amount) },
    });
    const scaled = scaledBenchmark(agent.benchmark, amount, prices);
    if (scaled) await tx.agent.update({ where: { id: agent.id }, data: { benchmark: scaled } });
  }
}

/** Buy-and-hold on more or less money: everything in proportion at today's prices. Null when nothing was bought yet, or a price is missing. */
function scaledBenchmark(stored: unknown, amount: Fixed, prices: Prices): Prisma.InputJsonObject | null {
  const benchmark = benchmarkOf(stored);
  if (!benchmark) return null;
  let value = benchmark.cash;
  for (const [symbol, units] of Object.entries(benchmark.units)) {
    const price = prices[symbol];
    if (price === undefined) return null;
    value = add(value, mul(units, price, "half-even"));
  }
  if (value <= 0n || add(value, amount) <= 0n) return null;
  const factor = div(add(value, amount), value, "half-even");
  const scale = (x: Fixed) => toText(mul(x, factor, "half-even"));
  return { cash: scale(benchmark.cash), units: Object.fromEntries(Object.entries(benchmark.units).map(([s, q]) => [s, scale(q)])) };
}

function benchmarkOf(stored: unknown): Benchmark | null {
  if (typeof stored !== "object" || stored === null || !("cash" in stored) || typeof stored.cash !== "string" || !("units" in stored)) return null;
  const units = stored.units as Readonly<Record<string, string>>;
  return { cash: fixed(stored.cash), units: Object.fromEntries(Object.entries(units).map(([s, q]) => [s, fixed(q)])) };
}

async function announce(tx: Tx, scope: TenantScope, plan: MovementPlan): Promise<void> {
  const ends = [...new Set(plan.movements.flatMap((m) => [m.order.fromNodeId, m.order.toNodeId]))].filter((id): id is string => id !== null);
  const agents = await tx.agent.findMany({ where: { nodeId: { in: ends } }, select: { id: true } });
  await appendEvents(tx, scope.workspaceId, [
    ...ends.map((nodeId) => ({ type: "wallet/changed" as const, data: { nodeId } })),
    ...agents.map(({ id }) => ({ type: "agent/updated" as const, data: { agentId: id } })),
  ]);
}
