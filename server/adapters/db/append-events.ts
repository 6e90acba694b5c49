import type { EventDraft } from "@/server/events";
import type { Tx } from "./database";
import { newId } from "./new-id";

/** Channel on which Postgres tells every process that events were committed. */
export const EVENTS_CHANNEL = "memepulse_events";

/** Adds events to the log inside the caller's transaction (one statement). They get their place in the log after the commit. */
export async function appendEvents(tx: Tx, workspaceId: string, drafts: readonly EventDraft[]): Promise<void> {
  if (drafts.length === 0) return;
  await tx.event.createMany({ data: drafts.map((d) => ({ id: newId(), workspaceId, type: d.type, data: d.data })) });
}
