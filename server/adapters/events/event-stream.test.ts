import { describe, expect, it, vi } from "vitest";
import type { EventReader, StoredEvent } from "@/server/events";
import type { TenantScope } from "@/server/shared";
import { eventStream } from "./event-stream";

const scope = { workspaceId: "w1" } as TenantScope;

/** A log in memory that counts who listens and how often it is read. */
class MemoryLog implements EventReader {
  events: StoredEvent[] = [];
  oldest = 1;
  reads = 0;
  broken = false;
  readonly listeners = new Set<() => void>();

  async read(_: TenantScope, after: number, limit: number) {
    this.reads += 1;
    if (this.broken) throw new Error("database is gone");
    return { events: this.events.filter((e) => e.seq > after).slice(0, limit), oldest: this.oldest, newest: this.events.at(-1)?.seq ?? 0 };
  }
  subscribe(_: string, onGrown: () => void): () => void {
    this.listeners.add(onGrown);
    return () => void this.listeners.delete(onGrown);
  }
  add(count: number): void {
    for (let i = 0; i < count; i++) {
      const seq = (this.events.at(-1)?.seq ?? 0) + 1;
      this.events.push({ seq, id: `e${seq}`, type: "wallet/changed", data: { nodeId: "n" }, at: seq });
    }
    for (const listener of this.listeners) listener();
  }
}

function open(log: MemoryLog, after: number | null, more: { maxMs?: number; heartbeatMs?: number; signal?: AbortSignal } = {}) {
  const abort = new AbortController();
  const reader = eventStream({ reader: log, scope, after, signal: abort.signal, ...more }).getReader();
  const next = async (): Promise<string | null> => {
    const { value, done } = await reader.read();
    const text = done ? null : new TextDecoder().decode(value);
    // What every stream begins with, so that its headers are sent: tested on its own.
    return text?.startsWith("retry: ") ? next() : text;
  };
  return { abort, reader, next };
}

const ids = (text: string | null): number[] => [...(text ?? "").matchAll(/^id: (\d+)$/gm)].map((m) => Number(m[1]));

describe("eventStream", () => {
  it("resumes after a place without a gap, then goes on live", async () => {
    const log = new MemoryLog();
    log.add(5);
    const { next, abort } = open(log, 2);
    const first = await next();
    expect(ids(first)).toEqual([3, 4, 5]);
    expect(first).toContain('event: message\ndata: {"seq":3,');
    const live = next();
    log.add(1);
    expect(ids(await live)).toEqual([6]);
    abort.abort();
  });

  it("begins at the end of the log when no place is given", async () => {
    const log = new MemoryLog();
    log.add(3);
    const { next, abort } = open(log, null);
    expect(await next()).toContain("event: ready");
    const live = next();
    log.add(1);
    expect(ids(await live)).toEqual([4]);
    abort.abort();
  });

  it("asks for a snapshot when the place is older than what is kept", async () => {
    const log = new MemoryLog();
    log.add(9);
    log.events = log.events.slice(5);
    log.oldest = 6;
    const { next, abort } = open(log, 2);
    expect(await next()).toBe('id: 9\nevent: snapshot-required\ndata: {"newest":9}\n\n');
    abort.abort();
  });

  it("asks for a snapshot when the place is beyond the log, and then goes on from its end", async () => {
    const log = new MemoryLog();
    log.add(2);
    const { next, abort } = open(log, 500, { maxMs: 1000 });
    expect(await next()).toBe('id: 2\nevent: snapshot-required\ndata: {"newest":2}\n\n');
    const live = next();
    log.add(1);
    expect(ids(await live)).toEqual([3]);
    abort.abort();
  });

  it("reads no further than the browser takes", async () => {
    const log = new MemoryLog();
    log.add(1000);
    const { next, abort } = open(log, 0);
    await new Promise((done) => setTimeout(done, 20));
    const ahead = log.reads;
    expect(ahead).toBeLessThanOrEqual(2);
    const seen: number[] = [];
    while (seen.length < 1000) seen.push(...ids(await next()));
    expect(seen).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
    expect(log.reads).toBeGreaterThan(ahead);
    abort.abort();
  });

  it("beats while nothing happens, and says goodbye before it is cut", async () => {
    const log = new MemoryLog();
    const { next } = open(log, 0, { heartbeatMs: 5, maxMs: 60 });
    const frames: string[] = [];
    for (let frame = await next(); frame !== null; frame = await next()) frames.push(frame);
    expect(frames.at(0)).toBe(": still here\n\n");
    expect(frames.at(-1)).toBe("event: bye\ndata: {}\n\n");
    expect(log.listeners.size).toBe(0);
  });

  it("answers at once, also when nothing happened, and says when to come back", async () => {
    const { reader, abort } = open(new MemoryLog(), 0);
    const { value } = await reader.read();
    const [, retry] = /^retry: (\d+)\n\n$/.exec(new TextDecoder().decode(value)) ?? [];
    expect(Number(retry)).toBeGreaterThanOrEqual(500);
    expect(Number(retry)).toBeLessThanOrEqual(2000);
    abort.abort();
  });

  it("costs a reader that takes nothing no more than its socket once the time is up, and says goodbye should it wake", async () => {
    const log = new MemoryLog();
    log.add(3);
    const { next } = open(log, 0, { maxMs: 20 });
    expect(log.listeners.size).toBe(1);
    await vi.waitFor(() => expect(log.listeners.size).toBe(0));
    log.add(1000);
    const rest: string[] = [];
    for (let text = await next(); text !== null; text = await next()) rest.push(text);
    expect(rest.at(-1)).toBe("event: bye\ndata: {}\n\n");
    expect(ids(rest.join(""))).toEqual([]);
  });

  it("listens no longer once the browser left", async () => {
    const log = new MemoryLog();
    const left = open(log, 0);
    const waiting = left.next();
    left.abort.abort();
    expect(await waiting).toBeNull();
    const cancelled = open(log, 0);
    await cancelled.reader.cancel();
    open(log, 0, { signal: AbortSignal.abort() });
    expect(log.listeners.size).toBe(0);
  });

  it("listens no longer once the log cannot be read", async () => {
    const log = new MemoryLog();
    log.broken = true;
    const { next } = open(log, 0);
    await expect(next()).rejects.toThrow("database is gone");
    expect(log.listeners.size).toBe(0);
  });
});
