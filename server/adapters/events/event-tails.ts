import type { StoredEvent } from "@/server/events";

/** Events kept a workspace. A reader further back asks the database. */
const KEEP = 256;

type Tail = { events: StoredEvent[]; listeners: Set<() => void> };

/**
 * The newest events of the workspaces that somebody in this process listens to, so that hundreds of streams need no read of their own.
 * A tail is always a stretch without a hole; whatever does not join on to it is left to the database.
 */
export class EventTails {
  private readonly tails = new Map<string, Tail>();

  subscribe(workspaceId: string, onGrown: () => void): () => void {
    const tail = this.tails.get(workspaceId) ?? { events: [], listeners: new Set() };
    this.tails.set(workspaceId, tail);
    tail.listeners.add(onGrown);
    return () => {
      tail.listeners.delete(onGrown);
      if (tail.listeners.size === 0 && this.tails.get(workspaceId) === tail) this.tails.delete(workspaceId);
    };
  }

  /** Takes events in, in order, as one sequencing round gave them their places; then tells the listeners. */
  push(workspaceId: string, events: readonly StoredEvent[]): void {
    const tail = this.tails.get(workspaceId);
    if (!tail) return;
    const last = tail.events.at(-1)?.seq;
    const fresh = last === undefined ? events : events.filter((e) => e.seq > last);
    const [first] = fresh;
    if (first === undefined) return;
    // Somebody else gave out the places between: whoever needs those asks the database.
    if (last !== undefined && first.seq !== last + 1) tail.events = [];
    tail.events = [...tail.events, ...fresh].slice(-KEEP);
    for (const listener of [...tail.listeners]) listener();
  }

  /** The events after a place, when this process has all of them; null when the database must be asked. */
  after(workspaceId: string, after: number, limit: number): { readonly events: readonly StoredEvent[]; readonly newest: number } | null {
    const events = this.tails.get(workspaceId)?.events;
    const [first, last] = [events?.[0], events?.at(-1)];
    if (!events || !first || !last || after < first.seq - 1 || after > last.seq) return null;
    const from = after - first.seq + 1;
    return { events: events.slice(from, from + limit), newest: last.seq };
  }

  /** The last place this process has of a workspace; null when it has none. */
  last(workspaceId: string): number | null {
    return this.tails.get(workspaceId)?.events.at(-1)?.seq ?? null;
  }

  has(workspaceId: string): boolean {
    return this.tails.has(workspaceId);
  }

  /** Workspaces somebody listens to. */
  workspaces(): string[] {
    return [...this.tails.keys()];
  }
}
