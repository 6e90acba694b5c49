import { eventStream } from "@/server/adapters/events/event-stream";
import { errorResponse } from "@/server/api/error-response";
import { container } from "@/server/container";
import { DomainError } from "@/server/shared";

/** The caller's workspace as a live stream; resumes after ?after= or Last-Event-ID. */
export async function GET(request: Request): Promise<Response> {
  const { auth, events } = await container();
  const caller = await auth.authenticate(request.headers);
  if (!caller) return errorResponse(new DomainError("UNAUTHENTICATED", "Sign in first, or send an API key", { kind: "unauthenticated" }));
  if (!caller.scope.scopes.includes("read"))
    return errorResponse(new DomainError("SCOPE_MISSING", 'This needs the "read" right', { kind: "forbidden" }));
  const asked = request.headers.get("last-event-id") ?? new URL(request.url).searchParams.get("after");
  const after = asked === null || asked === "" ? null : Number(asked);
  if (after !== null && (!Number.isSafeInteger(after) || after < 0))
    return errorResponse(new DomainError("INVALID_INPUT", "after must be a whole number", { field: "after" }));
  const body = eventStream({ reader: events.log, scope: caller.scope, after, signal: request.signal });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store, no-transform", "x-accel-buffering": "no" },
  });
}
