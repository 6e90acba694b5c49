import { appendEvents } from "@/server/adapters/db/append-events";
import type { Database } from "@/server/adapters/db/database";
import type { EventDraft, EventReader, EventWriter, StoredEvent } from "@/server/events";
import type { TenantScope } from "@/server/shared";
import type { EventTails } from "./event-tails";
import { EVENTS_JSON } from "./sequence-events";

/** Rows deleted in one statement: the embedded database answers nobody else meanwhile. */
const DELETE_BATCH = 5_000;

/** The append-only log of what happened in a workspace. */
export class PrismaEventLog implements EventWriter, EventReader {
  constructor(
    private readonly db: Database,
    private readonly tails: EventTails,
  ) {}

  append(scope: TenantScope, events: readonly EventDraft[]): Promise<void> {
    return this.db.transaction((tx) => appendEvents(tx, scope.workspaceId, events));
  }

  async read(scope: TenantScope, after: number, limit: number) {
    const inMemory = this.tails.after(scope.workspaceId, after, limit);
    // Whoever is that far has nothing to do with what is no longer kept.
    if (inMemory) return { ...inMemory, oldest: after + 1 };
    return readEvents(this.db, scope.workspaceId, after, limit);
  }

  /** Place of the newest event; whoever loads state after this call and reads on from here misses nothing. */
  async newest(scope: TenantScope): Promise<number> {
    const row = await this.db.prisma.eventCursor.findUnique({ where: { workspaceId: scope.workspaceId } });
    return Number(row?.lastSeq ?? 0);
  }

  subscribe(workspaceId: string, onGrown: () => void): () => void {
    return this.tails.subscribe(workspaceId, onGrown);
  }

  /**
   * Deletes events from before `at` (wall ms), any workspace: always a log's beginning, up to the first event that stays, because an event
   * carries the time its transaction began and one out of the middle would be missed without a word. Returns how many.
   * A reader further back than `oldest` must take a snapshot.
   */
  async deleteBefore(at: number): Promise<number> {
    let deleted = 0;
    for (;;) {
      const rows = await this.db.raw.query(
        `DELETE FROM "Event" WHERE "id" IN (
           SELECT e."id" FROM "EventCursor" c
             CROSS JOIN LATERAL (SELECT min(k."seq") AS first FROM "Event" k WHERE k."workspaceId" = c."workspaceId" AND k."at" >= $1::timestamptz) stays
             JOIN "Event" e ON e."workspaceId" = c."workspaceId" AND e."seq" < coalesce(stays.first, c."lastSeq" + 1)
            ORDER BY e."seq" LIMIT $2::int)
         RETURNING 1 AS gone`,
        [new Date(at).toISOString(), DELETE_BATCH],
      );
      deleted += rows.length;
      if (rows.length < DELETE_BATCH) return deleted;
    }
  }
}

/** Events after a place, with the bounds of the log, in one statement and so one snapshot: nothing can be sequenced between the parts. */
export async function readEvents(db: Pick<Database, "raw">, workspaceId: string, after: number, limit: number) {
  const [row] = await db.raw.query<{ newest: number | null; oldest: number | null; events: readonly StoredEvent[] | null }>(
    `SELECT (SELECT "lastSeq"::float8 FROM "EventCursor" WHERE "workspaceId" = $1::uuid) AS newest,
            (SELECT min("seq")::float8 FROM "Event" WHERE "workspaceId" = $1::uuid) AS oldest,
            (SELECT ${EVENTS_JSON}
               FROM (SELECT * FROM "Event" WHERE "workspaceId" = $1::uuid AND "seq" > $2::bigint ORDER BY "seq" LIMIT $3::int) e) AS events`,
    [workspaceId, after, limit],
  );
  const newest = row?.newest ?? 0;
  return { events: row?.events ?? [], oldest: row?.oldest ?? newest + 1, newest };
}
