import http from "node:http";
import type { AddressInfo } from "node:net";
import { pipeToNodeResponse } from "next/dist/server/pipe-readable.js";
import { handleEvents } from "@/server/api/handle-events";
import type { Caller } from "@/server/auth/auth-service";
import type { EventReader } from "@/server/events";
import type { TenantScope } from "@/server/shared";

export type EventServer = {
  readonly url: string;
  /** Bytes that wait in this process for their readers, over all open responses. */
  buffered(): number;
  open(): number;
  stop(): Promise<void>;
};

/**
 * The event route over a real socket, written out by the framework's own pipe. Who asks is told by `?workspace=`: signing in is not what
 * is tried here. `respond` replaces the route, for controls.
 */
export async function serveEvents(
  reader: EventReader,
  scopes: ReadonlyMap<string, TenantScope>,
  options: { maxMs?: number; heartbeatMs?: number; respond?: (scope: TenantScope, signal: AbortSignal) => Response } = {},
): Promise<EventServer> {
  const responses = new Set<http.ServerResponse>();
  const server = http.createServer(async (incoming, response) => {
    responses.add(response);
    const left = new AbortController();
    response.once("close", () => {
      responses.delete(response);
      left.abort();
    });
    const url = new URL(incoming.url ?? "/", "http://localhost");
    const scope = scopes.get(url.searchParams.get("workspace") ?? "");
    const last = incoming.headers["last-event-id"];
    const request = new Request(url, { signal: left.signal, headers: typeof last === "string" ? { "last-event-id": last } : {} });
    const answer =
      scope && options.respond
        ? options.respond(scope, left.signal)
        : await handleEvents(request, {
            auth: { authenticate: async () => (scope ? ({ scope } as Caller) : null) },
            reader,
            ...(options.maxMs === undefined ? {} : { maxMs: options.maxMs }),
            ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
          });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    if (answer.body) await pipeToNodeResponse(answer.body, response).catch(() => {});
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    buffered: () => [...responses].reduce((sum, r) => sum + r.writableLength + (r.socket?.writableLength ?? 0), 0),
    open: () => responses.size,
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
