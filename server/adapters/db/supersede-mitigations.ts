import type { TenantScope } from "@/server/shared";
import type { Tx } from "./database";

/** What breakers decided for a subject (null = the workspace) and nobody has carried out is no longer to be: a person let trading go on. */
export async function supersedeMitigations(tx: Tx, scope: TenantScope, agentId: string | null): Promise<void> {
  await tx.breakerDecision.updateMany({ where: { workspaceId: scope.workspaceId, agentId, status: "planned" }, data: { status: "superseded" } });
}
