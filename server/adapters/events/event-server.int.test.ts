import http from "node:http";
import net from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { appendEvents } from "@/server/adapters/db/append-events";
import type { EventReader, StoredEvent } from "@/server/events";
import { describeDatabase } from "@/server/testing/database";
import { type EventServer, serveEvents } from "@/server/testing/event-server";
import { testScope } from "@/server/testing/scope";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { endStalledStreams } from "./end-stalled-streams";
import { EventTails } from "./event-tails";
import { openEventLog } from "./open-event-log";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
const serve = async (...args: Parameters<typeof serveEvents>): Promise<EventServer> => {
  const server = await serveEvents(...args);
  closing.push(server.stop);
  return server;
};

type Stream = { readonly names: string[]; readonly seqs: number[]; ends: number; close(): void };

/** A browser's end of a stream: goes on after its last event whenever it is cut. */
function follow(url: string, after = 0): Stream {
  let current: http.ClientRequest | null = null;
  let closed = false;
  const stream: Stream = {
    names: [],
    seqs: [],
    ends: 0,
    close() {
      closed = true;
      current?.destroy();
    },
  };
  const open = () => {
    let text = "";
    const headers = { "last-event-id": String(stream.seqs.at(-1) ?? after) };
    current = http.get(url, { headers, agent: false }, (response) => {
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        const frames = (text + chunk).split("\n\n");
        text = frames.pop() ?? "";
        for (const frame of frames) {
          const data = /^event: message\ndata: (.*)$/m.exec(frame)?.[1];
          if (data === undefined) continue;
          const event = JSON.parse(data) as StoredEvent<"wallet/changed">;
          stream.seqs.push(event.seq);
          stream.names.push(event.data.nodeId);
        }
      });
      response.on("close", () => {
        stream.ends += 1;
        if (!closed) open();
      });
    });
    current.on("error", () => {});
  };
  open();
  closing.push(stream.close);
  return stream;
}

describeDatabase("200 streams", (db) => {
  it("each gets every event of its own workspace once and in order, none of another's, also across goodbyes", async () => {
    const o = await openEventLog(db());
    closing.push(o.close);
    const workspaces = await Promise.all(Array.from({ length: 10 }, () => seedWorkspace(db())));
    const server = await serve(o.log, new Map(workspaces.map((w) => [w.workspaceId, w.scope])), { maxMs: 1_200 });
    const streams = workspaces.flatMap(({ workspaceId }) =>
      Array.from({ length: 20 }, () => ({ workspaceId, stream: follow(`${server.url}/api/events?workspace=${workspaceId}`) })),
    );
    await vi.waitFor(() => expect(server.open()).toBe(200), 10_000);
    const EACH = 10;
    const write = async (workspaceId: string) => {
      for (let i = 0; i < EACH; i++)
        await db().transaction((tx) => appendEvents(tx, workspaceId, [{ type: "wallet/changed", data: { nodeId: `${workspaceId}:${i}` } }]));
    };
    await Promise.all(workspaces.map((w) => write(w.workspaceId)));
    await vi.waitFor(() => {
      expect(Math.min(...streams.map((s) => s.stream.names.length))).toBe(EACH);
      expect(Math.min(...streams.map((s) => s.stream.ends))).toBeGreaterThan(0);
    }, 20_000);
    for (const { workspaceId, stream } of streams) {
      expect(stream.names).toEqual(Array.from({ length: EACH }, (_, i) => `${workspaceId}:${i}`));
      expect(stream.seqs).toEqual(Array.from({ length: EACH }, (_, i) => i + 1));
    }
  });
});

describe("a reader that takes nothing", () => {
  const scope = testScope("00000000-0000-7000-8000-0000000000aa");
  const COUNT = 20_000;
  const event = (seq: number): StoredEvent => ({
    seq,
    id: `e${seq}`,
    at: seq,
    type: "wallet/changed",
    data: { nodeId: `${seq}`.padEnd(1_000, "x") },
  });

  /** A log of about 20 MB that grows while somebody listens. */
  function growing() {
    const tails = new EventTails();
    const all: StoredEvent[] = [];
    const reader: EventReader = {
      read: async (_, after, limit) => ({ events: all.slice(after, after + limit), oldest: 1, newest: all.length }),
      subscribe: (id, onGrown) => tails.subscribe(id, onGrown),
    };
    const grow = async () => {
      while (all.length < COUNT) {
        const fresh = Array.from({ length: 100 }, (_, i) => event(all.length + i + 1));
        all.push(...fresh);
        tails.push(scope.workspaceId, fresh);
        await new Promise((done) => setImmediate(done));
      }
    };
    return { reader, grow, tails };
  }

  async function deaf(url: string): Promise<net.Socket> {
    const { port } = new URL(url);
    const socket = net.connect(Number(port), "127.0.0.1");
    closing.push(() => socket.destroy());
    socket.on("error", () => {});
    socket.pause();
    socket.write(`GET /api/events?workspace=w&after=0 HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return socket;
  }

  it("costs no more memory than one page, however much happens, and holds up nobody else", async () => {
    const { reader, grow } = growing();
    const server = await serve(reader, new Map([["w", scope]]));
    await deaf(server.url);
    await vi.waitFor(() => expect(server.open()).toBe(1));
    let most = 0;
    const watch = setInterval(() => {
      most = Math.max(most, server.buffered());
    }, 1);
    closing.push(() => clearInterval(watch));
    await grow();
    await vi.waitFor(() => expect(server.buffered()).toBeGreaterThan(0));
    await new Promise((done) => setTimeout(done, 100));
    // One page of 200 events of 1.1 kB that waits for the socket.
    expect(Math.max(most, server.buffered())).toBeLessThan(600_000);

    const late = follow(`${server.url}/api/events?workspace=w`);
    await vi.waitFor(() => expect(late.seqs).toHaveLength(COUNT), 20_000);
    expect(late.seqs).toEqual(Array.from({ length: COUNT }, (_, i) => i + 1));
  });

  it("control: a stream that writes whatever happens keeps all of it", async () => {
    const { grow, tails } = growing();
    const encoder = new TextEncoder();
    const queued: ReadableStreamDefaultController<Uint8Array>[] = [];
    const respond = () => {
      let sent = 0;
      const body = new ReadableStream<Uint8Array>(
        {
          start(controller) {
            queued.push(controller);
            tails.subscribe(scope.workspaceId, () => {
              const { events } = tails.after(scope.workspaceId, sent, 1_000) ?? { events: [] };
              sent += events.length;
              controller.enqueue(encoder.encode(events.map((e) => JSON.stringify(e)).join("\n")));
            });
          },
        },
        new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
      );
      return new Response(body);
    };
    const server = await serve({ read: () => Promise.reject(new Error("not asked")), subscribe: () => () => {} }, new Map([["w", scope]]), {
      respond,
    });
    await deaf(server.url);
    await vi.waitFor(() => expect(server.open()).toBe(1));
    await grow();
    expect(-(queued[0]?.desiredSize ?? 0)).toBeGreaterThan(10_000_000);
  });

  it("is ended when it has not taken a byte for a while; an idle one that takes its heartbeats is not", async () => {
    closing.push(endStalledStreams("/api/events", 300));
    const { reader, grow } = growing();
    await grow();
    const server = await serve(reader, new Map([["w", scope]]), { heartbeatMs: 50 });
    const idle = follow(`${server.url}/api/events?workspace=w`);
    await vi.waitFor(() => expect(idle.seqs).toHaveLength(COUNT), 20_000);
    const socket = await deaf(server.url);
    await vi.waitFor(() => expect(server.open()).toBe(2));
    await vi.waitFor(() => expect(server.open()).toBe(1), 10_000);
    expect(idle.ends).toBe(0);

    // It wakes: what had come so far is whole up to some event, and the rest is there for it.
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
    });
    const ended = new Promise((done) => socket.once("close", done));
    socket.resume();
    await ended;
    const got = [...text.matchAll(/^id: (\d+)\r?\nevent: message\ndata: .*\n\n/gm)].map((m) => Number(m[1]));
    const last = got.at(-1) ?? 0;
    expect(last).toBeGreaterThan(0);
    expect(last).toBeLessThan(COUNT);
    const rest = follow(`${server.url}/api/events?workspace=w`, last);
    await vi.waitFor(() => expect(rest.seqs.at(-1)).toBe(COUNT), 20_000);
    expect([...got, ...rest.seqs]).toEqual(Array.from({ length: COUNT }, (_, i) => i + 1));
  });
});
