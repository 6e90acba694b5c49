import type { Prisma } from "@/generated/prisma/client";
import { actorText, type Json, type TenantScope } from "@/server/shared";
import type { Database, Tx } from "./database";
import { newId } from "./new-id";

export type AuditDraft = { readonly action: string; readonly subject?: string; readonly data?: Json };
export type AuditRow = AuditDraft & { readonly id: string; readonly actor: string; readonly at: number };

/** Records who did what, inside the transaction that does it. Never put a secret into `data`. */
export async function writeAudit(tx: Tx, scope: TenantScope, entry: AuditDraft): Promise<void> {
  await tx.auditEntry.create({
    data: {
      id: newId(),
      workspaceId: scope.workspaceId,
      actor: actorText(scope),
      action: entry.action,
      subject: entry.subject ?? null,
      data: (entry.data ?? {}) as Prisma.InputJsonValue,
    },
  });
}

/** The workspace's newest audit entries. */
export async function readAudit(db: Database, scope: TenantScope, limit: number): Promise<AuditRow[]> {
  const rows = await db.prisma.auditEntry.findMany({ where: { workspaceId: scope.workspaceId }, orderBy: { at: "desc" }, take: limit });
  return rows.map((r) => ({ id: r.id, actor: r.actor, action: r.action, subject: r.subject ?? undefined, data: r.data as Json, at: r.at.getTime() }));
}
