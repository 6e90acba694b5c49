import { actorText, type TenantScope } from "@/server/shared";
import type { Tx } from "./database";

/** The person behind an actor: a key acts for who made it. What is nobody's stays what it is. */
export async function personOfActor(tx: Pick<Tx, "apiKey">, workspaceId: string, actor: string): Promise<string> {
  if (!actor.startsWith("api-key:")) return actor;
  const key = await tx.apiKey.findFirst({ where: { id: actor.slice("api-key:".length), workspaceId }, select: { createdBy: true } });
  return key ? `user:${key.createdBy}` : actor;
}

/** Whether the caller and the actor of a row are one person. */
export async function isSamePerson(tx: Tx, scope: TenantScope, actor: string): Promise<boolean> {
  const [a, b] = [await personOfActor(tx, scope.workspaceId, actorText(scope)), await personOfActor(tx, scope.workspaceId, actor)];
  return a === b;
}
