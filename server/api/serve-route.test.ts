import { describe, expect, it } from "vitest";
import { createMetrics } from "@/server/observability/metrics";
import { currentRequestId, requestIdOf } from "@/server/observability/request-context";
import { serveRoute } from "./serve-route";

const log = { debug: () => {}, error: () => {} };
const serve = (handle: () => Promise<Response>, headers: HeadersInit = {}) =>
  serveRoute(new Request("http://127.0.0.1/api/health", { headers }), { route: "/api/health", metrics: createMetrics(), log }, handle);

/** Headers as a lax server might hand them on: the platform's own class would refuse some of these. */
const raw = (value: string) => ({ get: (name: string) => (name === "x-request-id" ? value : null) }) as unknown as Headers;

describe("a request's id", () => {
  const forged = [
    "abcdefgh\nlevel=fatal",
    "abcdefgh\r\nset-cookie: a=b",
    "a".repeat(65),
    "a".repeat(100_000),
    "short",
    "",
    "with space",
    '{"msg":"x"}',
    "<script>x</script>",
    "ünïcödé-",
    "%0aabcdefgh",
    "\u0000abcdefgh",
    "abcdefgh\u2028",
  ];
  it.each(forged)("is never what was forged: %j", (value) => {
    const id = requestIdOf(raw(value));
    expect(id).not.toBe(value);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("is kept when a proxy in front has given a good one", () => {
    for (const id of ["01234567", "0190c0de-7abc-7def-8abc-0123456789ab", "A_b-".repeat(16)]) expect(requestIdOf(raw(id))).toBe(id);
  });

  it("replaces a forged one on the way through", async () => {
    const response = await serve(async () => new Response("ok"), { "x-request-id": "a".repeat(65) });
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("is known to what the request leads to, and to nothing else", async () => {
    let inside: string | null = null;
    const response = await serve(async () => {
      await Promise.resolve();
      inside = currentRequestId();
      return new Response("ok");
    });
    expect(inside).toBe(response.headers.get("x-request-id"));
    expect(currentRequestId()).toBeNull();
  });

  it("is on responses whose headers cannot be changed, which stay what they were", async () => {
    const response = await serve(async () => Response.redirect("https://memepulse.example/", 303));
    expect(response.status).toBe(303);
    expect(response.headers.get("location")).toBe("https://memepulse.example/");
    expect(response.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("leaves the framework's thrown redirects alone", async () => {
    const redirect = Object.assign(new Error("NEXT_REDIRECT"), { digest: "NEXT_REDIRECT;replace;/sign-in;307;" });
    await expect(serve(() => Promise.reject(redirect))).rejects.toBe(redirect);
  });
});
