import { createHash, timingSafeEqual } from "node:crypto";
import type { Env } from "@/server/env";
import { DomainError } from "@/server/shared";
import { errorResponse } from "./error-response";

type Served = {
  readonly env: Pick<Env, "METRICS_TOKEN" | "production">;
  readonly read: () => Promise<string>;
};

const LOOPBACK = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/;
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * The metrics as Prometheus reads them. With METRICS_TOKEN for its bearer only; without one, in the demo and in development, for who
 * asks under a loopback name; in production not at all.
 */
export async function handleMetrics(request: Request, { env, read }: Served): Promise<Response> {
  if (env.METRICS_TOKEN) {
    const sent = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1] ?? "";
    // Digests are of one length, so that the comparison tells nothing.
    if (!timingSafeEqual(digest(sent), digest(env.METRICS_TOKEN)))
      return errorResponse(new DomainError("UNAUTHENTICATED", "Send METRICS_TOKEN as a bearer token", { kind: "unauthenticated" }));
  } else if (env.production || !LOOPBACK.test(request.headers.get("host") ?? "")) {
    return errorResponse(new DomainError("NOT_FOUND", "Metrics are off: set METRICS_TOKEN", { kind: "not_found" }));
  }
  return new Response(await read(), { headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" } });
}
