import type { Prisma, Rebalance } from "@/generated/prisma/client";
import { actorText, DAY_MS, DomainError, type Fixed, fixed, type Json, notFound, type TenantScope, toText, ZERO } from "@/server/shared";
import {
  freeOf,
  pathOf,
  type RebalanceChild,
  type RebalanceRow,
  type RebalanceSchedule,
  type RebalanceSetting,
  type RebalanceStatus,
  type RebalanceStore,
  rollUp,
  rootOf,
} from "@/server/wallets";
import { appendEvents } from "../append-events";
import { writeAudit } from "../audit";
import type { Database, Tx } from "../database";
import { decimalToFixed } from "../decimal";
import { newId } from "../new-id";
import { isSamePerson, personOfActor } from "../person-of-actor";
import type { Prices, Query } from "./load-situation";
import { loadWallets } from "./load-wallets";

const PERIOD: Readonly<Record<string, number>> = { daily: DAY_MS, weekly: 7 * DAY_MS };

/** Rebalancings in Postgres. */
export class PrismaRebalanceStore implements RebalanceStore {
  constructor(private readonly db: Database) {}

  async wallets(scope: TenantScope, nodeId: string, prices: Prices): ReturnType<RebalanceStore["wallets"]> {
    const query: Query = (sql, params = []) => this.db.raw.query(sql, params);
    const rows = await loadWallets(query, scope.workspaceId, prices);
    const byId = new Map(rows.map((r) => [r.id, r]));
    const parent = byId.get(nodeId);
    if (!parent) throw notFound("This wallet");
    const figures = rollUp(rows);
    const tree = figures.get(rootOf(byId, nodeId).id)?.equity ?? ZERO;
    const open = rows.filter((r) => r.parentId === nodeId && !r.closed && (r.kind === "agent" || r.kind === "farm"));
    const since = await this.#unchangedSince(scope.workspaceId);
    const agentsUnder = new Map<string, (number | null)[]>();
    for (const a of rows) {
      if (a.agentId === null || a.closed) continue;
      const child = pathOf(byId, a.id).find((n) => n.parentId === nodeId);
      if (child) agentsUnder.set(child.id, [...(agentsUnder.get(child.id) ?? []), since.get(a.agentId) ?? null]);
    }
    const children = open.map((r): RebalanceChild => {
      const agents = agentsUnder.get(r.id) ?? [];
      const known = agents.filter((a): a is number => a !== null);
      return {
        nodeId: r.id,
        name: r.name,
        equity: figures.get(r.id)?.equity ?? ZERO,
        free: freeOf(r.cash, r.rules, tree),
        unchangedSince: known.length === 0 || known.length < agents.length ? null : Math.max(...known),
      };
    });
    const { id, name, kind, currency } = parent;
    return { parent: { id, name, kind, currency, free: freeOf(parent.cash, parent.rules, tree) }, children };
  }

  async #unchangedSince(workspaceId: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.db.raw.query<{ id: string; at: string }>(
      `SELECT a.id, (extract(epoch FROM t.at) * 1000)::bigint::text AS at FROM "Agent" a
         CROSS JOIN LATERAL (SELECT min(t.at) AS at FROM "Turn" t WHERE t."agentId" = a.id AND t."configVersion" = a."configVersion") t
        WHERE a."workspaceId" = $1::uuid AND t.at IS NOT NULL`,
      [workspaceId],
    );
    return new Map(rows.map((r) => [r.id, Number(r.at)]));
  }

  async assertIdle(nodeId: string): Promise<void> {
    refuseRunning(await this.db.prisma.rebalance.findUnique({ where: { openKey: nodeId } }));
  }

  begin(scope: TenantScope, row: Parameters<RebalanceStore["begin"]>[1], wallAt: number, due: RebalanceSetting | null = null): Promise<RebalanceRow> {
    const { workspaceId } = scope;
    return this.db.transaction(async (tx) => {
      if (row.status === "running") await assertNoneRuns(tx, row.nodeId);
      if (due && !(await taken(tx, due, row.at)))
        throw new DomainError("NOT_DUE", "This rebalancing was made by somebody else meanwhile.", { kind: "conflict", field: "nodeId" });
      // A newer proposal takes the place of an older one.
      await tx.rebalance.updateMany({
        where: { workspaceId, nodeId: row.nodeId, status: "proposed" },
        data: { status: "failed", reason: "A newer one took its place", endedAt: new Date(wallAt) },
      });
      const plan = {
        needsApproval: row.needsApproval,
        turnover: row.turnover,
        moves: row.moves.map((m) => ({ ...m, amount: toText(m.amount) })),
      };
      const stored = await tx.rebalance.create({
        data: {
          id: newId(),
          workspaceId,
          nodeId: row.nodeId,
          openKey: row.status === "running" ? row.nodeId : null,
          policy: row.policy,
          plan,
          status: row.status,
          total: row.moves.length,
          actor: await askedBy(tx, scope, row.nodeId),
          at: new Date(row.at),
          startedAt: new Date(wallAt),
        },
      });
      await writeAudit(tx, scope, {
        action: `wallet.rebalance-${row.status}`,
        subject: stored.id,
        data: { node: row.nodeId, policy: row.policy, movements: row.moves.length },
      });
      await appendEvents(tx, workspaceId, [{ type: "wallet/changed", data: { nodeId: row.nodeId } }]);
      return rebalanceRow(stored);
    });
  }

  accept(scope: TenantScope, id: string, large: boolean): Promise<RebalanceRow> {
    return this.db.transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM "Rebalance" WHERE id = ${id}::uuid FOR UPDATE`;
      const found = await tx.rebalance.findFirst({ where: { id, workspaceId: scope.workspaceId } });
      if (!found) throw notFound("This rebalancing");
      const row = rebalanceRow(found);
      if (row.status !== "proposed")
        throw new DomainError("NOT_PROPOSED", `This rebalancing is ${row.status}: nobody has to agree to it.`, { kind: "conflict" });
      const second = !(await isSamePerson(tx, scope, row.actor));
      if ((row.needsApproval || large) && !second)
        throw new DomainError("SAME_PERSON", "Whoever asked for a large rebalancing cannot agree to it: a second person must.", {
          kind: "forbidden",
        });
      await assertNoneRuns(tx, row.nodeId);
      const plan = { ...(found.plan as Prisma.JsonObject), approved: second };
      const stored = await tx.rebalance.update({ where: { id }, data: { status: "running", openKey: row.nodeId, plan } });
      await writeAudit(tx, scope, { action: "wallet.rebalance-accepted", subject: id });
      return rebalanceRow(stored);
    });
  }

  async get(scope: TenantScope, id: string): Promise<RebalanceRow> {
    const row = await this.db.prisma.rebalance.findFirst({ where: { id, workspaceId: scope.workspaceId } });
    if (!row) throw notFound("This rebalancing");
    return rebalanceRow(row);
  }

  async list(scope: TenantScope, limit: number): Promise<readonly RebalanceRow[]> {
    const rows = await this.db.prisma.rebalance.findMany({
      where: { workspaceId: scope.workspaceId },
      orderBy: [{ startedAt: "desc" }, { id: "desc" }],
      take: limit,
    });
    return rows.map(rebalanceRow);
  }

  async progress(id: string, done: number): Promise<void> {
    await this.db.prisma.rebalance.updateMany({ where: { id, status: "running", done: { lt: done } }, data: { done } });
  }

  async end(row: RebalanceRow, status: "done" | "failed", reason: string | null, wallAt: number): Promise<void> {
    await this.db.transaction(async (tx) => {
      const { count } = await tx.rebalance.updateMany({
        where: { id: row.id, status: "running" },
        data: { status, reason, openKey: null, endedAt: new Date(wallAt) },
      });
      if (count > 0) await appendEvents(tx, row.workspaceId, [{ type: "wallet/changed", data: { nodeId: row.nodeId } }]);
    });
  }

  async running(limit: number): Promise<readonly RebalanceRow[]> {
    const rows = await this.db.prisma.rebalance.findMany({
      where: { status: "running" },
      orderBy: [{ triedAt: { sort: "asc", nulls: "first" } }, { startedAt: "asc" }, { id: "asc" }],
      take: limit,
    });
    return rows.map(rebalanceRow);
  }

  async tried(id: string, wallAt: number): Promise<void> {
    await this.db.prisma.rebalance.updateMany({ where: { id, status: "running" }, data: { triedAt: new Date(wallAt) } });
  }

  async setting(scope: TenantScope, nodeId: string): Promise<RebalanceSetting | null> {
    const row = await this.db.prisma.rebalancePlan.findFirst({ where: { nodeId, workspaceId: scope.workspaceId } });
    return row && settingOf(row);
  }

  async set(scope: TenantScope, setting: Parameters<RebalanceStore["set"]>[1]): Promise<void> {
    const { nodeId, policy, schedule, apply } = setting;
    const { workspaceId } = scope;
    await this.db.transaction(async (tx) => {
      const configuredBy = await personOfActor(tx, workspaceId, actorText(scope));
      if ((await tx.walletNode.count({ where: { id: nodeId, workspaceId, closedAt: null, kind: { in: ["treasury", "farm"] } } })) === 0)
        throw notFound("This wallet");
      const params = setting.params as Prisma.InputJsonObject;
      await tx.rebalancePlan.upsert({
        where: { nodeId },
        create: { nodeId, workspaceId, policy, params, schedule, apply, configuredBy },
        update: { policy, params, schedule, apply, configuredBy, changedAt: new Date() },
      });
      await writeAudit(tx, scope, { action: "wallet.rebalance-set", subject: nodeId, data: { policy, schedule, apply } });
      await appendEvents(tx, workspaceId, [{ type: "wallet/changed", data: { nodeId } }]);
    });
  }

  async made(id: string): Promise<ReadonlyMap<string, Fixed>> {
    const rows = await this.db.prisma.movement.findMany({
      where: { batchId: id, status: { in: ["done", "undone"] } },
      select: { key: true, amount: true },
    });
    return new Map(rows.map((r) => [r.key, decimalToFixed(r.amount)]));
  }

  async nextDue(marketNow: number, except: readonly string[]): Promise<RebalanceSetting | null> {
    const row = await this.db.prisma.rebalancePlan.findFirst({
      where: {
        nodeId: { notIn: [...except] },
        OR: Object.entries(PERIOD).flatMap(([schedule, period]) => {
          // At midnight UTC of market time, of weeks on Monday: 1970 began on a Thursday.
          const offset = schedule === "weekly" ? 4 * DAY_MS : 0;
          const slot = Math.floor((marketNow - offset) / period) * period + offset;
          return [
            { schedule, lastAt: null },
            { schedule, lastAt: { lt: new Date(slot) } },
          ];
        }),
      },
      orderBy: [{ lastAt: { sort: "asc", nulls: "first" } }, { nodeId: "asc" }],
    });
    // Moving by itself is an owner's right: it ends with the role of whoever set it.
    return row && { ...settingOf(row), apply: row.apply && (await isOwners(this.db, row)) };
  }

  async passDue(setting: RebalanceSetting, marketNow: number): Promise<void> {
    await taken(this.db.prisma, setting, marketNow);
  }
}

/** Marks a setting as made; false when somebody else did. */
async function taken(tx: Pick<Tx, "rebalancePlan">, { nodeId, lastAt }: RebalanceSetting, marketNow: number): Promise<boolean> {
  const { count } = await tx.rebalancePlan.updateMany({
    where: { nodeId, lastAt: lastAt === null ? null : new Date(lastAt) },
    data: { lastAt: new Date(marketNow) },
  });
  return count === 1;
}

async function isOwners(db: Database, { workspaceId, configuredBy }: { workspaceId: string; configuredBy: string | null }): Promise<boolean> {
  if (configuredBy === null) return false;
  const userId = (await personOfActor(db.prisma, workspaceId, configuredBy)).replace(/^user:/, "");
  const [member] = await db.raw.query<{ role: string }>(`SELECT role FROM "Member" WHERE "workspaceId" = $1::uuid AND "userId"::text = $2`, [
    workspaceId,
    userId,
  ]);
  return member?.role === "owner";
}

/** What the product proposes by a schedule is asked for by whoever set the schedule: nobody agrees to their own. */
async function askedBy(tx: Tx, scope: TenantScope, nodeId: string): Promise<string> {
  if (scope.actor.kind !== "system") return actorText(scope);
  const plan = await tx.rebalancePlan.findUnique({ where: { nodeId }, select: { configuredBy: true } });
  return plan?.configuredBy ?? actorText(scope);
}

async function assertNoneRuns(tx: Tx, nodeId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "WalletNode" WHERE id = ${nodeId}::uuid FOR NO KEY UPDATE`;
  refuseRunning(await tx.rebalance.findUnique({ where: { openKey: nodeId } }));
}

function refuseRunning(running: Rebalance | null): void {
  if (running)
    throw new DomainError(
      "REBALANCE_RUNNING",
      `A rebalancing of this wallet is under way: ${running.done} of ${running.total} movements are made. Wait for its end.`,
      {
        kind: "conflict",
        field: "nodeId",
        data: { id: running.id, done: running.done, total: running.total },
      },
    );
}

type StoredPlan = { needsApproval: boolean; approved?: boolean; turnover: number; moves: { fromNodeId: string; toNodeId: string; amount: string }[] };

function rebalanceRow(row: Rebalance): RebalanceRow {
  const plan = row.plan as unknown as StoredPlan;
  return {
    id: row.id,
    workspaceId: row.workspaceId,
    nodeId: row.nodeId,
    policy: row.policy,
    status: row.status as RebalanceStatus,
    moves: plan.moves.map((m) => ({ ...m, amount: fixed(m.amount) })),
    done: row.done,
    total: row.total,
    reason: row.reason,
    actor: row.actor,
    needsApproval: plan.needsApproval,
    approved: plan.approved === true,
    turnover: plan.turnover,
    at: row.at.getTime(),
  };
}

const settingOf = (row: {
  nodeId: string;
  workspaceId: string;
  policy: string;
  params: unknown;
  schedule: string;
  apply: boolean;
  configuredBy: string | null;
  lastAt: Date | null;
}): RebalanceSetting => ({
  nodeId: row.nodeId,
  workspaceId: row.workspaceId,
  policy: row.policy,
  params: row.params as Json,
  schedule: row.schedule as RebalanceSchedule,
  apply: row.apply,
  configuredBy: row.configuredBy,
  lastAt: row.lastAt?.getTime() ?? null,
});
