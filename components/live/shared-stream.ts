import type { StoredEvent } from "@/server/events";

type Handlers = { readonly onEvent: (event: StoredEvent) => void; readonly onGap: () => void; readonly onState: (connected: boolean) => void };
type Message =
  | { readonly kind: "event"; readonly event: StoredEvent }
  | { readonly kind: "gap"; readonly newest: number }
  | { readonly kind: "place"; readonly newest: number }
  /** A tab that opened later asks the reader where the log stands. */
  | { readonly kind: "where" }
  | { readonly kind: "state"; readonly connected: boolean };

const RETRY_MS = 2000;

/**
 * One event stream a browser, shared between its tabs: the tab that holds the lock reads and tells the others; when it closes, the next
 * one goes on after the last event it has heard of. Without locks or channels a tab reads for itself. Returns the way to stop.
 * `workspaceId` keeps tabs of different accounts apart: each account has a stream of its own.
 */
export function sharedStream(workspaceId: string, handlers: Handlers): () => void {
  const name = `memepulse-events:${workspaceId}`;
  let last: number | null = null;
  let source: EventSource | null = null;
  let stopped = false;
  let release: () => void = () => {};
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);

  const take = (message: Message) => {
    if (message.kind === "event") {
      if (last !== null && message.event.seq <= last) return;
      last = message.event.seq;
      handlers.onEvent(message.event);
    } else if (message.kind === "gap") {
      last = message.newest;
      handlers.onGap();
    } else if (message.kind === "place") last ??= message.newest;
    else if (message.kind === "where") {
      if (source !== null && last !== null) channel?.postMessage({ kind: "place", newest: last } satisfies Message);
    } else handlers.onState(message.connected);
  };
  const tell = (message: Message) => {
    take(message);
    channel?.postMessage(message);
  };
  channel?.addEventListener("message", (e: MessageEvent<Message>) => take(e.data));
  channel?.postMessage({ kind: "where" } satisfies Message);

  const read = () => {
    if (stopped) return;
    source = new EventSource(`/api/events${last === null ? "" : `?after=${last}`}`);
    source.addEventListener("open", () => tell({ kind: "state", connected: true }));
    source.addEventListener("message", (e: MessageEvent<string>) => tell({ kind: "event", event: JSON.parse(e.data) as StoredEvent }));
    // Where the log stands: a tab that takes over before any event resumes from there, not from its own now.
    source.addEventListener("ready", (e: MessageEvent<string>) => tell({ kind: "place", newest: (JSON.parse(e.data) as { newest: number }).newest }));
    source.addEventListener("snapshot-required", (e: MessageEvent<string>) =>
      tell({ kind: "gap", newest: (JSON.parse(e.data) as { newest: number }).newest }),
    );
    source.addEventListener("bye", again);
    source.addEventListener("error", () => {
      tell({ kind: "state", connected: false });
      // The browser retries a cut stream by itself; one that was refused it gives up.
      if (source?.readyState === EventSource.CLOSED) setTimeout(again, RETRY_MS);
    });
  };
  const again = () => {
    source?.close();
    read();
  };

  if (channel && typeof navigator !== "undefined" && navigator.locks) {
    const abort = new AbortController();
    void navigator.locks
      .request(name, { signal: abort.signal }, () => {
        if (stopped) return undefined;
        read();
        return new Promise<void>((done) => {
          release = done;
        });
      })
      .catch(() => {});
    return stop(() => abort.abort());
  }
  read();
  return stop(() => {});

  function stop(leaveQueue: () => void) {
    return () => {
      stopped = true;
      source?.close();
      leaveQueue();
      release();
      channel?.close();
    };
  }
}
