"use client";
import { useEffect, useState, useSyncExternalStore } from "react";

/** A stream that comes back at once is not worth a word. */
const PATIENCE_MS = 1500;

let connected: boolean | null = null;
const listeners = new Set<() => void>();

/** Whether this browser hears of what happens; null before the first answer. */
export function setLiveState(now: boolean): void {
  connected = now;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Says in the top bar whether the page keeps itself up to date. */
export function LiveState() {
  const now = useSyncExternalStore(
    subscribe,
    () => connected,
    () => null,
  );
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (now !== false) {
      setLost(false);
      return;
    }
    const timer = setTimeout(() => setLost(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [now]);
  return (
    <span className="live-state" role="status" data-state={now === null ? "opening" : lost ? "lost" : "live"}>
      {lost ? "Reconnecting…" : now === null ? "" : "Live updates"}
    </span>
  );
}
