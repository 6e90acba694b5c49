import type { EventDraft } from "@/server/events";
import { markForCommit } from "./after-commit";
import type { Tx } from "./database";
import { newId } from "./new-id";

/** Postgres channel: "grown:<workspace>" when events have their place in the log. */
export const EVENTS_CHANNEL = "memepulse_events";

/** Adds events to the log inside the caller's transaction (one statement). They get their place in the log after the commit. */
export async function appendEvents(tx: Tx, workspaceId: string, drafts: readonly EventDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  const rows = eventRows(drafts);
  await tx.$queryRaw`
    WITH written AS (
      INSERT INTO "Event" ("id", "workspaceId", "type", "data")
      SELECT id, ${workspaceId}::uuid, type, data FROM jsonb_to_recordset(${rows}::jsonb) AS r(id uuid, type text, data jsonb))
    SELECT 1 AS done`;
  markForCommit(tx, "events");
}

/** Events as one JSON parameter, for statements that write other rows along with them; mark the commit with {@link markForCommit}. */
export const eventRows = (drafts: readonly EventDraft[]): string => JSON.stringify(drafts.map((d) => ({ id: newId(), type: d.type, data: d.data })));
