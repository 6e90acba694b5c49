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
    // The bounds first: what is sequenced between the two reads then comes as an event beyond `newest`, never as a hole below it.
    const [bounds] = await this.db.prisma.$queryRaw<{ newest: string; oldest: string | null }[]>`
      SELECT (SELECT "lastSeq"::text FROM "EventCursor" WHERE "workspaceId" = ${workspaceId}::uuid) AS newest,
             (SELECT min("seq")::text FROM "Event" WHERE "workspaceId" = ${workspaceId}::uuid) AS oldest`;
    const rows = await this.db.prisma.event.findMany({ where: { workspaceId, seq: { gt: after } }, orderBy: { seq: "asc" }, take: limit });
    const events = rows.map(
      (r) => ({ seq: Number(r.seq), id: r.id, type: r.type as EventType, data: r.data, at: r.at.getTime() }) as unknown as StoredEvent,
    );
    const newest = Math.max(Number(bounds?.newest ?? 0), events.at(-1)?.seq ?? 0);
    return { events, oldest: bounds?.oldest ? Number(bounds.oldest) : newest + 1, newest };
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
