import { EVENTS_CHANNEL } from "@/server/adapters/db/append-events";
import type { Database } from "@/server/adapters/db/database";

/**
 * Gives committed events their place in their workspace's log, up to `limit`; returns the workspaces that grew and how many events did.
 * Numbers are given only to what is committed, and the workspace's cursor row is locked until they are visible themselves: a reader
 * that has seen number n can never meet a smaller one later, even with two sequencers at work.
 */
export async function sequenceEvents(db: Database, limit: number): Promise<{ workspaces: string[]; sequenced: number }> {
  const rows = await db.raw.query<{ workspace: string; sequenced: number }>(
    `    WITH pending AS (
      SELECT "id", "workspaceId" FROM "Event" WHERE "seq" IS NULL ORDER BY "id" LIMIT $1::int FOR UPDATE
    ), counted AS (
      SELECT "workspaceId", count(*)::bigint AS n FROM pending GROUP BY "workspaceId"
    ), moved AS (
      INSERT INTO "EventCursor" AS c ("workspaceId", "lastSeq")
      SELECT "workspaceId", n FROM counted ORDER BY "workspaceId"
      ON CONFLICT ("workspaceId") DO UPDATE SET "lastSeq" = c."lastSeq" + EXCLUDED."lastSeq"
      RETURNING "workspaceId", "lastSeq"
    ), numbered AS (
      SELECT p."id", m."lastSeq" - c.n + row_number() OVER (PARTITION BY p."workspaceId" ORDER BY p."id") AS seq
        FROM pending p JOIN counted c USING ("workspaceId") JOIN moved m USING ("workspaceId")
    ), done AS (
      UPDATE "Event" e SET "seq" = n.seq FROM numbered n WHERE e."id" = n."id" RETURNING e."workspaceId"
    )
    SELECT "workspaceId" AS workspace, count(*)::int AS sequenced, pg_notify($2, 'grown:' || "workspaceId")::text AS told
      FROM done GROUP BY "workspaceId"`,
    [limit, EVENTS_CHANNEL],
  );
  return { workspaces: rows.map((r) => r.workspace), sequenced: rows.reduce((n, r) => n + r.sequenced, 0) };
}
