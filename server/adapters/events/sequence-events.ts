import { EVENTS_CHANNEL } from "@/server/adapters/db/append-events";
import type { Database, RawSql, SqlRow } from "@/server/adapters/db/database";
import type { StoredEvent } from "@/server/events";

/** A workspace's log has grown up to `last`; `events` are the new ones, in order, where they were asked for. */
export type Growth = { readonly workspaceId: string; readonly last: number; readonly count: number; readonly events: readonly StoredEvent[] | null };

/**
 * Gives committed events their place in their workspace's log, up to `limit` (a whole number); returns what grew, with the events of the
 * workspaces in `wanted`, so that nobody has to read them again.
 * Numbers are given only to what is committed, and the workspace's cursor row is locked until they are visible themselves: a reader
 * that has seen number n can never meet a smaller one later, even with several sequencers at work.
 */
export function sequenceEvents(db: Pick<Database, "raw">, limit: number, wanted: readonly string[] = []): Promise<Growth[]> {
  return sequenceWith(db.raw.query, limit, wanted);
}

/** The same through any way to run one statement: the embedded database does it inside the writing transaction. */
export async function sequenceWith(query: RawSql["query"], limit: number, wanted: readonly string[]): Promise<Growth[]> {
  // The limit stands in the text: a planner that does not know it takes them for a tenth of the log, and reads all of that. Ordered as the
  // index of those without a number is: by their id alone the planner may go through the whole log for them.
  const rows = await query<SqlRow & { workspaceId: string; last: number; count: number; events: StoredEvent[] | null }>(
    `    WITH pending AS (
      SELECT "id", "workspaceId" FROM "Event" WHERE "seq" IS NULL ORDER BY "seq", "id" LIMIT ${Math.trunc(limit)} FOR UPDATE
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
      UPDATE "Event" e SET "seq" = n.seq FROM numbered n WHERE e."id" = n."id" RETURNING e.*
    )
    SELECT "workspaceId", max("seq")::float8 AS last, count(*)::int AS count,
           CASE WHEN "workspaceId" = ANY(string_to_array($2, ',')::uuid[]) THEN ${EVENTS_JSON} END AS events,
           pg_notify($1, 'grown:' || "workspaceId" || ':' || max("seq"))::text AS told
      FROM done GROUP BY "workspaceId"`,
    [EVENTS_CHANNEL, wanted.join(",")],
  );
  return rows.map(({ workspaceId, last, count, events }) => ({ workspaceId, last, count, events }));
}

/** Rows of "Event" as a JSON array of StoredEvent, in order. */
export const EVENTS_JSON = `coalesce(jsonb_agg(jsonb_build_object('seq', "seq", 'id', "id", 'type', "type", 'data', "data",
                        'at', floor(extract(epoch FROM "at") * 1000)) ORDER BY "seq"), '[]')`;
