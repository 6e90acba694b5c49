import { eventStream } from "@/server/adapters/events/event-stream";
import type { AuthService } from "@/server/auth/auth-service";
import type { EventReader } from "@/server/events";
import { DomainError } from "@/server/shared";
import { errorResponse } from "./error-response";

/** The caller's workspace as a live stream; resumes after Last-Event-ID or ?after=. */
export async function handleEvents(
  request: Request,
  api: {
    readonly auth: Pick<AuthService, "authenticate">;
    readonly reader: EventReader;
    /** A stream was opened; what it returns is called when it ends. */
    readonly opened?: () => () => void;
    /** When the stream says goodbye (ms); shorter than what the platform allows a response. Default 240,000. */
    readonly maxMs?: number;
    /** How often an idle stream says that it is still there (ms). Default 15,000. */
    readonly heartbeatMs?: number;
  },
): Promise<Response> {
  const caller = await api.auth.authenticate(request.headers);
  if (!caller) return errorResponse(new DomainError("UNAUTHENTICATED", "Sign in first, or send an API key", { kind: "unauthenticated" }));
  if (!caller.scope.scopes.includes("read"))
    return errorResponse(new DomainError("SCOPE_MISSING", 'This needs the "read" right', { kind: "forbidden" }));
  const asked = request.headers.get("last-event-id") ?? new URL(request.url).searchParams.get("after");
  const after = asked === null || asked === "" ? null : Number(asked);
  if (after !== null && (!Number.isSafeInteger(after) || after < 0))
    return errorResponse(new DomainError("INVALID_INPUT", "after must be a whole number", { field: "after" }));
  const onClose = api.opened?.();
  const body = eventStream({
    reader: api.reader,
    scope: caller.scope,
    after,
    signal: request.signal,
    ...(api.maxMs === undefined ? {} : { maxMs: api.maxMs }),
    ...(api.heartbeatMs === undefined ? {} : { heartbeatMs: api.heartbeatMs }),
    ...(onClose ? { onClose } : {}),
    // A session that ended, a key that was revoked, a person who was removed: not until the stream ends by itself.
    allowed: async () => {
      const now = await api.auth.authenticate(request.headers);
      return now?.scope.workspaceId === caller.scope.workspaceId && now.scope.scopes.includes("read");
    },
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store, no-transform", "x-accel-buffering": "no" },
  });
}
