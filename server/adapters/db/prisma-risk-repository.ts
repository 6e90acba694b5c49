import type { Prisma } from "@/generated/prisma/client";
import type { AlertsView, AlertView, BreakerDecisionView } from "@/server/api/contract/risk";
import { type BreakerAnswer, type BreakerInputs, NO_STORED_BREAKERS, parseStoredBreakers, type StoredBreakers } from "@/server/risk";
import { DomainError, type Json, notFound, type TenantScope } from "@/server/shared";
import { appendEvents } from "./append-events";
import { writeAudit } from "./audit";
import type { Database } from "./database";
import { newId } from "./new-id";
import { supersedeMitigations } from "./supersede-mitigations";

const MOST_SCENARIOS = 50;

/** What people set, see and acknowledge of a workspace's risk; every change audited. */
export class PrismaRiskRepository {
  constructor(private readonly db: Database) {}

  async settings(scope: TenantScope): Promise<StoredBreakers> {
    const row = await this.db.prisma.breakerSettings.findUnique({ where: { workspaceId: scope.workspaceId } });
    return row ? parseStoredBreakers(row.settings) : NO_STORED_BREAKERS;
  }

  /** Changes the settings under a lock. `change` gets what is stored; throws what it throws. */
  saveSettings(scope: TenantScope, subject: string, change: (stored: StoredBreakers) => StoredBreakers): Promise<void> {
    const { workspaceId } = scope;
    return this.db.transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM "Workspace" WHERE id = ${workspaceId}::uuid FOR UPDATE`;
      const row = await tx.breakerSettings.findUnique({ where: { workspaceId } });
      const settings = change(row ? parseStoredBreakers(row.settings) : NO_STORED_BREAKERS) as unknown as Prisma.InputJsonObject;
      await tx.breakerSettings.upsert({ where: { workspaceId }, create: { workspaceId, settings }, update: { settings, changedAt: new Date() } });
      await writeAudit(tx, scope, { action: "breakers.set", subject, data: settings as Json });
    });
  }

  /** Throws NOT_FOUND for another tenant's. */
  async agentName(scope: TenantScope, agentId: string): Promise<string> {
    const agent = await this.db.prisma.agent.findFirst({ where: { id: agentId, workspaceId: scope.workspaceId }, select: { name: true } });
    if (!agent) throw notFound("This agent");
    return agent.name;
  }

  /** What was decided for a subject and not carried out is no longer to be. */
  async supersede(scope: TenantScope, agentId: string | null): Promise<void> {
    await this.db.transaction((tx) => supersedeMitigations(tx, scope, agentId));
  }

  /** All breakers of a subject count anew from `at` (market ms). */
  rearm(scope: TenantScope, agentId: string | null, at: number): Promise<void> {
    const subjectId = agentId ?? scope.workspaceId;
    return this.db.transaction(async (tx) => {
      await tx.breakerMark.updateMany({
        where: { workspaceId: scope.workspaceId, subjectId, step: { not: null } },
        data: { step: null, actedAt: null, resetAt: new Date(at), version: { increment: 1 } },
      });
      await tx.profitHigh.deleteMany({ where: { workspaceId: scope.workspaceId, subjectId } });
      await writeAudit(tx, scope, { action: "breakers.reset", subject: subjectId });
    });
  }

  async alerts(scope: TenantScope, input: { state: "open" | "all"; limit: number }): Promise<AlertsView> {
    const where = { workspaceId: scope.workspaceId };
    const open = { ...where, openKey: { not: null } };
    const rows = await this.db.prisma.alert.findMany({
      where: input.state === "open" ? open : where,
      orderBy: [{ raisedAt: "desc" }, { id: "desc" }],
      take: input.limit,
    });
    const [all, seen] = await Promise.all([
      this.db.prisma.alert.count({ where: open }),
      this.db.prisma.alert.count({ where: { ...open, acknowledgedAt: { not: null } } }),
    ]);
    return { open: all, unseen: all - seen, rows: rows.map(alertView) };
  }

  /** Once; again it changes nothing. Throws NOT_FOUND. */
  acknowledge(scope: TenantScope, alertId: string, wallNow: number): Promise<void> {
    const where = { id: alertId, workspaceId: scope.workspaceId };
    return this.db.transaction(async (tx) => {
      const actor = `${scope.actor.kind}:${scope.actor.id}`;
      const { count } = await tx.alert.updateMany({
        where: { ...where, acknowledgedAt: null },
        data: { acknowledgedAt: new Date(wallNow), acknowledgedBy: actor },
      });
      if (count === 0) {
        if ((await tx.alert.count({ where })) === 0) throw notFound("This alert");
        return;
      }
      await writeAudit(tx, scope, { action: "alert.acknowledged", subject: alertId });
      await appendEvents(tx, scope.workspaceId, [{ type: "risk/alert.changed", data: { alertId, state: "acknowledged" } }]);
    });
  }

  async decisions(scope: TenantScope, limit: number): Promise<BreakerDecisionView[]> {
    const rows = await this.db.prisma.breakerDecision.findMany({
      where: { workspaceId: scope.workspaceId },
      orderBy: [{ at: "desc" }, { id: "asc" }],
      take: limit,
      omit: { inputs: true, answers: true },
    });
    const agents = await this.db.prisma.agent.findMany({
      where: { workspaceId: scope.workspaceId, id: { in: rows.flatMap((r) => r.agentId ?? []) } },
      select: { id: true, name: true },
    });
    return rows.map((r) => ({
      id: r.id,
      agentId: r.agentId,
      agent: agents.find((a) => a.id === r.agentId)?.name ?? null,
      kind: r.kind,
      steps: r.steps,
      reason: r.reason,
      status: r.status as BreakerDecisionView["status"],
      error: r.error,
      at: r.at.getTime(),
      build: r.build,
    }));
  }

  /** Throws NOT_FOUND. */
  async decision(scope: TenantScope, id: string): Promise<{ inputs: BreakerInputs; answers: readonly BreakerAnswer[]; build: string }> {
    const row = await this.db.prisma.breakerDecision.findFirst({ where: { id, workspaceId: scope.workspaceId } });
    if (!row) throw notFound("This decision");
    return { inputs: row.inputs as unknown as BreakerInputs, answers: row.answers as unknown as BreakerAnswer[], build: row.build };
  }

  /** Throws SCENARIO_EXISTS, TOO_MANY_SCENARIOS. */
  addScenario(scope: TenantScope, name: string, shock: Json): Promise<string> {
    const { workspaceId } = scope;
    return this.db.transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM "Workspace" WHERE id = ${workspaceId}::uuid FOR UPDATE`;
      if ((await tx.stressScenario.count({ where: { workspaceId } })) >= MOST_SCENARIOS)
        throw new DomainError("TOO_MANY_SCENARIOS", `A workspace keeps ${MOST_SCENARIOS} scenarios: remove one first.`, { kind: "conflict" });
      if (await tx.stressScenario.findUnique({ where: { workspaceId_name: { workspaceId, name } } }))
        throw new DomainError("SCENARIO_EXISTS", `There is a scenario called “${name}” already.`, { kind: "conflict", field: "name" });
      const id = newId();
      await tx.stressScenario.create({ data: { id, workspaceId, name, shock: shock as Prisma.InputJsonValue } });
      await writeAudit(tx, scope, { action: "stress-scenario.added", subject: id, data: { name, shock } });
      return id;
    });
  }

  /** Throws NOT_FOUND. */
  removeScenario(scope: TenantScope, id: string): Promise<void> {
    return this.db.transaction(async (tx) => {
      const { count } = await tx.stressScenario.deleteMany({ where: { id, workspaceId: scope.workspaceId } });
      if (count === 0) throw notFound("This scenario");
      await writeAudit(tx, scope, { action: "stress-scenario.removed", subject: id });
    });
  }
}

type Row = Prisma.AlertGetPayload<object>;
const alertView = (r: Row): AlertView => ({
  id: r.id,
  agentId: r.agentId,
  kind: r.kind,
  severity: r.severity as AlertView["severity"],
  title: r.title,
  text: r.text,
  figures: r.figures as Record<string, string>,
  state: r.resolvedAt ? "resolved" : r.acknowledgedAt ? "acknowledged" : "open",
  at: r.at.getTime(),
  raisedAt: r.raisedAt.getTime(),
  acknowledgedAt: r.acknowledgedAt?.getTime() ?? null,
  resolvedAt: r.resolvedAt?.getTime() ?? null,
});
