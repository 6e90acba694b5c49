import type { StoredInputs } from "@/server/agents";
import type { Database, Tx } from "../database";
import { PrismaBlobStore } from "../prisma-blob-store";

const PAGE = 200;
/** Columns of a decision that name blobs. */
const HASHES = `"inputsHash", "contextHash", "promptHash", "responseHash", "decisionHash", "verdictHash", "intentsHash"`;

/**
 * Hashes of the agent descriptions (name, strategy) that the workspace's records name, without those that another workspace's agents have
 * word for word: the same description is the same blob.
 */
export async function ownDescriptions(db: Database, workspaceId: string): Promise<string[]> {
  const blobs = new PrismaBlobStore(db);
  const found = new Map<string, boolean>();
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
      const [other] = await db.raw.query(
        `SELECT 1 FROM "AgentVersion" v JOIN "Agent" a ON a.id = v."agentId"
          WHERE a."workspaceId" <> $1::uuid AND v.config->>'name' = $2 AND v.config->>'strategyText' = $3 LIMIT 1`,
        [workspaceId, name, strategyText],
      );
      found.set(hash, other === undefined);
    }
    if (turns.length < PAGE) return [...found].flatMap(([hash, own]) => (own ? [hash] : []));
    after = turns[turns.length - 1]?.id;
  }
}

/**
 * Deletes what only this workspace's records name; their hashes stay in the rows. Blobs are shared by content: what another tenant's
 * decision names stays, and nobody can begin to name one while this transaction is at it. Returns how many are gone.
 */
export async function eraseBlobs(tx: Tx, workspaceId: string, descriptions: readonly string[]): Promise<number> {
  await tx.$executeRawUnsafe(`LOCK TABLE "Blob" IN SHARE ROW EXCLUSIVE MODE`);
  return tx.$executeRawUnsafe(
    `DELETE FROM "Blob" WHERE hash IN (
       (SELECT unnest(ARRAY[${HASHES}]) FROM "Turn" WHERE "workspaceId" = $1::uuid UNION SELECT unnest($2::text[]))
       EXCEPT SELECT unnest(ARRAY[${HASHES}]) FROM "Turn" WHERE "workspaceId" <> $1::uuid)`,
    workspaceId,
    [...descriptions],
  );
}
