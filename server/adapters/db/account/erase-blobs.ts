import type { StoredInputs } from "@/server/agents";
import type { Database, Tx } from "../database";
import { PrismaBlobStore } from "../prisma-blob-store";

const PAGE = 200;
/** Columns of a decision that name blobs. */
const HASHES = `"inputsHash", "contextHash", "promptHash", "responseHash", "decisionHash", "verdictHash", "intentsHash"`;

/** A recorded description of an agent: the blob's hash, and the words in it. */
export type Description = { readonly hash: string; readonly name: string; readonly strategyText: string };

/** The descriptions of agents that the workspace's records name. They stand behind the records' roots, so no column knows them. */
export async function descriptionsOf(db: Database, workspaceId: string): Promise<Description[]> {
  const blobs = new PrismaBlobStore(db);
  const found = new Map<string, Description>();
  for (let after: string | undefined; ; ) {
    const turns = await db.prisma.turn.findMany({
      where: { workspaceId, inputsHash: { not: null } },
      select: { id: true, inputsHash: true },
      orderBy: { id: "asc" },
      take: PAGE,
      ...(after ? { cursor: { id: after }, skip: 1 } : {}),
    });
    const roots = await blobs.getMany(turns.flatMap((t) => t.inputsHash ?? []));
    const named = [...new Set([...roots.values()].map((root) => (root as unknown as StoredInputs).agent))].filter((hash) => !found.has(hash));
    for (const [hash, value] of await blobs.getMany(named)) {
      const { name, strategyText } = value as { name: string; strategyText: string };
      found.set(hash, { hash, name, strategyText });
    }
    if (turns.length < PAGE) return [...found.values()];
    after = turns[turns.length - 1]?.id;
  }
}

/**
 * Deletes what only this workspace's records name; their hashes stay in the rows. Blobs are shared by content: what another tenant's
 * decision names stays, and so does a description that another's agent has word for word. Nobody can begin to name a blob while this
 * transaction is at it. Returns how many are gone.
 */
export async function eraseBlobs(tx: Tx, workspaceId: string, descriptions: readonly Description[]): Promise<number> {
  await tx.$executeRawUnsafe(`LOCK TABLE "Blob" IN SHARE ROW EXCLUSIVE MODE`);
  return tx.$executeRawUnsafe(
    `DELETE FROM "Blob" WHERE hash IN (
       (SELECT unnest(ARRAY[${HASHES}]) FROM "Turn" WHERE "workspaceId" = $1::uuid
        UNION SELECT d.hash FROM jsonb_to_recordset($2::jsonb) AS d(hash text, name text, "strategyText" text)
               WHERE NOT EXISTS (SELECT 1 FROM "AgentVersion" v JOIN "Agent" a ON a.id = v."agentId"
                 WHERE a."workspaceId" <> $1::uuid AND v.config->>'name' = d.name AND v.config->>'strategyText' = d."strategyText"))
       EXCEPT SELECT unnest(ARRAY[${HASHES}]) FROM "Turn" WHERE "workspaceId" <> $1::uuid)`,
    workspaceId,
    JSON.stringify(descriptions),
  );
}
