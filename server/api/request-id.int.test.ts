import superjson from "superjson";
import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { openEventLog } from "@/server/adapters/events/open-event-log";
import { rateLimit } from "@/server/auth/rate-limit";
import { createLogger } from "@/server/observability/logger";
import { createMetrics } from "@/server/observability/metrics";
import { apiFixture } from "@/server/testing/api";
import { describeDatabase } from "@/server/testing/database";
import type { ApiErrorData } from "./contract";
import { handleEvents } from "./handle-events";
import { handleNonce } from "./handle-nonce";
import { serveRoute } from "./serve-route";

/** The API behind its route, with the product's own logger writing to memory. */
function served(db: Database) {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger("debug", { write: (line) => void lines.push(JSON.parse(line)) });
  const metrics = createMetrics();
  const deep = async () => {
    await new Promise((done) => setImmediate(done));
    log.info("a line from far below");
    throw new Error("broken below");
  };
  const api = apiFixture(db, { log, metrics, services: { workspace: { get: deep, setLimits: deep } } as never });
  const ask = (path: string, headers: Readonly<Record<string, string>>) =>
    serveRoute(new Request(`http://127.0.0.1:4500/api/trpc/${path}`, { headers }), { route: "/api/trpc", metrics, log }, () =>
      api.handle(new Request(`http://127.0.0.1:4500/api/trpc/${path}`, { headers })),
    );
  return { ...api, ask, lines, log, metrics };
}

const bodyOf = async (response: Response) =>
  superjson.deserialize<{ data: { product: ApiErrorData } }>(
    ((await response.json()) as { error: Parameters<typeof superjson.deserialize>[0] }).error,
  ).data.product;

describeDatabase("the id of a request", (db) => {
  it("is one in the response, in the error's body and in every log line, and another for the next request", async () => {
    const a = served(db());
    const { headers } = await a.person();
    const seen = new Set<string | null>();
    const answers = await Promise.all([a.ask("workspace.get", headers), a.ask("workspace.get", headers)]);
    for (const answer of answers) {
      const id = answer.headers.get("x-request-id");
      seen.add(id);
      expect(answer.status).toBe(500);
      expect((await bodyOf(answer)).requestId).toBe(id);
      const own = a.lines.filter((l) => l.requestId === id).map((l) => l.msg);
      expect(own).toEqual(["a line from far below", "call failed", "request"]);
    }
    expect(seen.size).toBe(2);
    expect(a.lines).toHaveLength(6);
    a.log.info("a line of nobody's request");
    expect(a.lines.at(-1)).not.toHaveProperty("requestId");
  });

  it("is taken over when it is well formed", async () => {
    const a = served(db());
    const answer = await a.ask("workspace.get", { "x-request-id": "from-the_proxy-01" });
    expect(answer.headers.get("x-request-id")).toBe("from-the_proxy-01");
    expect(await bodyOf(answer)).toMatchObject({ code: "UNAUTHENTICATED", requestId: "from-the_proxy-01" });
  });

  it("is in errors outside of tRPC, of streams and of what breaks on our side", async () => {
    const a = served(db());
    const events = await openEventLog(db());
    try {
      const stream = (request: Request) =>
        serveRoute(request, { route: "/api/events", metrics: a.metrics, log: a.log }, () =>
          handleEvents(request, { auth: a.auth, reader: events.log, opened: () => () => {} }),
        );
      const refused = await stream(new Request("http://127.0.0.1:4500/api/events"));
      expect(refused.status).toBe(401);
      expect(await refused.json()).toMatchObject({ error: { code: "UNAUTHENTICATED", requestId: refused.headers.get("x-request-id") } });
    } finally {
      await events.close();
    }
    const broken = await serveRoute(
      new Request("http://127.0.0.1:4500/api/auth/nonce"),
      { route: "/api/auth/nonce", metrics: a.metrics, log: a.log },
      () => Promise.reject(new Error("the database is at 10.0.0.7")),
    );
    const text = await broken.text();
    expect(broken.status).toBe(500);
    expect(text).not.toContain("10.0.0.7");
    const id = broken.headers.get("x-request-id");
    expect(JSON.parse(text)).toMatchObject({ error: { requestId: id } });
    expect(a.lines).toContainEqual(expect.objectContaining({ msg: "request failed", requestId: id }));
  });

  it("is counted by procedure and code, not by who asked", async () => {
    const a = served(db());
    const { headers, caller } = await a.person();
    await a.ask("workspace.get", headers);
    await a.ask("workspace.get", {});
    await a.ask("me.get", headers);
    await a.ask("nothing.of.ours", headers);
    const text = await a.metrics.registry.metrics();
    expect(text).toContain('memepulse_trpc_calls_total{procedure="workspace.get",code="INTERNAL_SERVER_ERROR"} 1');
    expect(text).toContain('memepulse_trpc_calls_total{procedure="workspace.get",code="UNAUTHORIZED"} 1');
    expect(text).toContain('memepulse_http_requests_total{route="/api/trpc",method="GET",status="500"} 1');
    expect(text).not.toContain("nothing.of.ours");
    expect(text).not.toContain(caller.scope.workspaceId);
  });

  it("is in the answer of a limiter that refuses", async () => {
    const a = served(db());
    const limit = rateLimit(1);
    const ask = () =>
      serveRoute(new Request("http://127.0.0.1:4500/api/auth/nonce"), { route: "/api/auth/nonce", metrics: a.metrics, log: a.log }, () =>
        handleNonce(new Request("http://127.0.0.1:4500/api/auth/nonce"), {
          auth: { issueNonce: async (_held, client) => limit(client).then(() => ({ nonce: "n", binding: "b" }) as never) },
          origin: "http://127.0.0.1:4500",
        }),
      );
    await ask();
    const refused = await ask();
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ error: { code: "RATE_LIMITED", requestId: refused.headers.get("x-request-id") } });
  });
});
