import { z } from "zod";
import type { Prisma } from "@/generated/prisma/client";
import { DEFAULT_GATE, type GateRules, type LiveOutcome, type LiveRequest, type LiveRequestStore } from "@/server/evidence";
import { DomainError, type Json, notFound, type TenantScope } from "@/server/shared";
import { writeAudit } from "../audit";
import type { Database } from "../database";
import { newId } from "../new-id";

const stored = z.object({ enabled: z.boolean(), minTrades: z.number(), minDeflatedSharpe: z.number() });

const view = (r: { id: string; agentId: string; configVersion: number; outcome: string; actor: string; at: Date }): LiveRequest => ({
  id: r.id,
  agentId: r.agentId,
  configVersion: r.configVersion,
  outcome: r.outcome as LiveOutcome,
  actor: r.actor,
  at: r.at.getTime(),
});

/** Requests to leave paper and the gate's rules, in Postgres. */
export class PrismaLiveRequestStore implements LiveRequestStore {
  constructor(private readonly db: Database) {}

  async rules(scope: TenantScope): Promise<GateRules> {
    const row = await this.db.prisma.workspace.findUnique({ where: { id: scope.workspaceId }, select: { gate: true } });
    if (!row) throw notFound("The workspace");
    return row.gate === null ? DEFAULT_GATE : stored.parse(row.gate);
  }

  setRules(scope: TenantScope, rules: GateRules): Promise<void> {
    const gate = { enabled: rules.enabled, minTrades: rules.minTrades, minDeflatedSharpe: rules.minDeflatedSharpe };
    return this.db.transaction(async (tx) => {
      const before = await tx.workspace.findUnique({ where: { id: scope.workspaceId }, select: { gate: true } });
      await tx.workspace.update({ where: { id: scope.workspaceId }, data: { gate } });
      await writeAudit(tx, scope, { action: "workspace.gate.set", data: { before: (before?.gate ?? null) as Json, after: gate } });
    });
  }

  record(
    scope: TenantScope,
    request: { readonly agentId: string; readonly configVersion: number; readonly outcome: LiveOutcome; readonly figures: Json },
  ): Promise<LiveRequest> {
    const { agentId, configVersion, outcome, figures } = request;
    return this.db.transaction(async (tx) => {
      // The row lock holds an edit off until the permission is on record for the version that was judged.
      const [agent] = await tx.$queryRaw<{ configVersion: number }[]>`
        SELECT "configVersion" FROM "Agent" WHERE id = ${agentId}::uuid AND "workspaceId" = ${scope.workspaceId}::uuid FOR UPDATE`;
      if (!agent) throw notFound("This agent");
      if (agent.configVersion !== configVersion)
        throw new DomainError("CONFIG_VERSION_CONFLICT", "This agent was changed meanwhile: look at its evidence again", { kind: "conflict" });
      const row = await tx.liveRequest.create({
        data: {
          id: newId(),
          workspaceId: scope.workspaceId,
          agentId,
          configVersion,
          outcome,
          actor: `${scope.actor.kind}:${scope.actor.id}`,
          figures: figures as Prisma.InputJsonValue,
        },
      });
      await writeAudit(tx, scope, { action: `agent.live.${outcome}`, subject: agentId, data: { configVersion, requestId: row.id, figures } });
      return view(row);
    });
  }

  async permission(scope: TenantScope, agentId: string, configVersion: number): Promise<LiveRequest | null> {
    const row = await this.db.prisma.liveRequest.findFirst({
      where: { agentId, workspaceId: scope.workspaceId, configVersion, outcome: { not: "refused" } },
      orderBy: [{ at: "desc" }, { id: "desc" }],
    });
    return row ? view(row) : null;
  }

  async list(scope: TenantScope, agentId: string): Promise<readonly LiveRequest[]> {
    const rows = await this.db.prisma.liveRequest.findMany({
      where: { agentId, workspaceId: scope.workspaceId },
      orderBy: [{ at: "desc" }, { id: "desc" }],
      take: 50,
    });
    return rows.map(view);
  }
}
