import type { TenantScope } from "@/server/shared";
import type { EventMap, EventType, StoredEvent } from "./types";

export type EventDraft = { [T in EventType]: { readonly type: T; readonly data: EventMap[T] } }[EventType];

/** Appends to the outbox. Repositories that change state append in the same transaction; this is for the rest. */
export interface EventWriter {
  append(scope: TenantScope, events: readonly EventDraft[]): Promise<void>;
}

export interface EventReader {
  /** Events with seq > after, in order; `oldest` is the first seq still kept (to tell a reader that it must take a snapshot). */
  read(
    scope: TenantScope,
    after: number,
    limit: number,
  ): Promise<{ readonly events: readonly StoredEvent[]; readonly oldest: number; readonly newest: number }>;
  /** Calls back when the workspace's log has grown. Returns the unsubscribe. */
  subscribe(workspaceId: string, onGrown: () => void): () => void;
}
