import type { StoredEvent } from "@/server/events";

export type StreamHandlers = {
  /** Each event once, in order. */
  readonly onEvent: (event: StoredEvent) => void;
  /** Events were passed over (older than what is kept, or not heard by this tab): all that is on screen must be loaded anew. */
  readonly onGap: () => void;
  readonly onState: (connected: boolean) => void;
};
type Message =
  | { readonly kind: "event"; readonly event: StoredEvent }
  | { readonly kind: "gap"; readonly newest: number }
  /** A tab that opened later, or slept, asks the reader where the log stands. */
  | { readonly kind: "where" }
  | { readonly kind: "place"; readonly newest: number; readonly connected: boolean }
  | { readonly kind: "state"; readonly connected: boolean };

const RETRY_MS = 2000;

/**
 * One event stream a browser, shared between its tabs: the tab that holds the lock reads and tells the others; when it closes, the next
 * one goes on after the last event it has heard of. Without locks or channels a tab reads for itself. Returns the way to stop.
 * `workspaceId` keeps tabs of different accounts apart: each account has a stream of its own. `place` is where the log stood before
 * anything of this page was loaded: what happened since is told, however late the stream opens.
 */
export function sharedStream(workspaceId: string, place: number, handlers: StreamHandlers): () => void {
  const name = `memepulse-events:${workspaceId}`;
  let last = place;
  let connected = false;
  let source: EventSource | null = null;
  let stopped = false;
  let release: () => void = () => {};
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(name);

  const gap = (newest: number) => {
    last = newest;
    handlers.onGap();
  };
  const take = (message: Message) => {
    if (stopped) return;
    if (message.kind === "event") {
      const { seq } = message.event;
      if (seq <= last) return;
      // Places have no holes: whoever meets one has missed something.
      if (seq !== last + 1) handlers.onGap();
      last = seq;
      handlers.onEvent(message.event);
    } else if (message.kind === "gap") gap(message.newest);
    else if (message.kind === "where") {
      if (source !== null) channel?.postMessage({ kind: "place", newest: last, connected } satisfies Message);
    } else {
      handlers.onState(message.connected);
      if (message.kind === "place" && message.newest > last) gap(message.newest);
    }
  };
  const tell = (message: Message) => {
    take(message);
    if (!stopped) channel?.postMessage(message);
  };
  const setConnected = (now: boolean) => {
    connected = now;
    tell({ kind: "state", connected });
  };
  const ask = () => {
    if (document.visibilityState === "visible") channel?.postMessage({ kind: "where" } satisfies Message);
  };
  channel?.addEventListener("message", (e: MessageEvent<Message>) => take(e.data));
  ask();
  // A tab that was asleep may not have heard everything.
  document.addEventListener("visibilitychange", ask);

  const read = () => {
    if (stopped) return;
    const opened = new EventSource(`/api/events?after=${last}`);
    source = opened;
    opened.addEventListener("open", () => setConnected(true));
    opened.addEventListener("message", (e: MessageEvent<string>) => tell({ kind: "event", event: JSON.parse(e.data) as StoredEvent }));
    opened.addEventListener("snapshot-required", (e: MessageEvent<string>) =>
      tell({ kind: "gap", newest: (JSON.parse(e.data) as { newest: number }).newest }),
    );
    opened.addEventListener("bye", again);
    opened.addEventListener("error", () => {
      setConnected(false);
      // The browser retries a cut stream by itself; one that was refused it gives up.
      if (opened.readyState === EventSource.CLOSED) setTimeout(again, RETRY_MS);
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
      document.removeEventListener("visibilitychange", ask);
      source?.close();
      leaveQueue();
      release();
      channel?.close();
    };
  }
}
