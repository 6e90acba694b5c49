import { appendEvents } from "@/server/adapters/db/append-events";
import type { Database } from "@/server/adapters/db/database";
import type { EventDraft, EventReader, EventType, EventWriter, StoredEvent } from "@/server/events";
import type { TenantScope } from "@/server/shared";
import type { EventBus } from "./event-bus";

/** The append-only log of what happened in a workspace. */
export class PrismaEventLog implements EventWriter, EventReader {
  constructor(
    private readonly db: Database,
    private readonly bus: EventBus,
  ) {}

  append(scope: TenantScope, events: readonly EventDraft[]): Promise<void> {
    return this.db.transaction((tx) => appendEvents(tx, scope.workspaceId, events));
  }

  async read(scope: TenantScope, after: number, limit: number) {
    const { workspaceId } = scope;
    // One statement, one snapshot: no event can be sequenced between the bounds and the rows. It is on the way of every live page.
    const [row] = await this.db.raw.query<{
      newest: number | null;
      oldest: number | null;
      events: (Omit<StoredEvent, "type"> & { type: EventType })[];
    }>(
      `SELECT (SELECT "lastSeq"::float8 FROM "EventCursor" WHERE "workspaceId" = $1::uuid) AS newest,
              (SELECT min("seq")::float8 FROM "Event" WHERE "workspaceId" = $1::uuid) AS oldest,
              (SELECT coalesce(jsonb_agg(jsonb_build_object('seq', e."seq", 'id', e."id", 'type', e."type", 'data', e."data",
                        'at', floor(extract(epoch FROM e."at") * 1000)) ORDER BY e."seq"), '[]')
                 FROM (SELECT * FROM "Event" WHERE "workspaceId" = $1::uuid AND "seq" > $2::bigint ORDER BY "seq" LIMIT $3::int) e) AS events`,
      [workspaceId, after, limit],
    );
    const events = (row?.events ?? []) as readonly StoredEvent[];
    const newest = row?.newest ?? 0;
    return { events, oldest: row?.oldest ?? newest + 1, newest };
  }

  subscribe(workspaceId: string, onGrown: () => void): () => void {
    return this.bus.subscribe(workspaceId, onGrown);
  }

  /** Deletes sequenced events from before `at` (wall ms), any workspace. A reader further back than `oldest` must take a snapshot. */
  async deleteBefore(at: number): Promise<number> {
    const { count } = await this.db.prisma.event.deleteMany({ where: { seq: { not: null }, at: { lt: new Date(at) } } });
    return count;
  }
}
