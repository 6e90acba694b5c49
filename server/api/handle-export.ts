import type { AuthService } from "@/server/auth/auth-service";
import { DomainError } from "@/server/shared";
import { errorResponse } from "./error-response";
import type { Services } from "./services";

/** The caller's workspace as a file of JSON lines, read as fast as it is taken: memory stays that of one page of rows. */
export async function handleExport(
  request: Request,
  { auth, services }: { readonly auth: Pick<AuthService, "authenticate">; readonly services: Pick<Services, "account" | "limitMutations"> },
): Promise<Response> {
  const caller = await auth.authenticate(request.headers);
  if (!caller) return errorResponse(new DomainError("UNAUTHENTICATED", "Sign in first, or send an API key", { kind: "unauthenticated" }));
  if (!caller.scope.scopes.includes("admin"))
    return errorResponse(new DomainError("SCOPE_MISSING", 'This needs the "admin" right', { kind: "forbidden", data: { needed: "admin" } }));
  await services.limitMutations(caller.via === "session" ? caller.userId : caller.scope.actor.id);
  const lines = services.account.export(caller);
  const text = new TextEncoder();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const next = await lines.next();
        if (next.done) controller.close();
        else controller.enqueue(text.encode(`${next.value}\n`));
      },
      cancel: () => void lines.return(undefined),
    },
    { highWaterMark: 1 },
  );
  return new Response(body, {
    headers: {
      "content-type": "application/x-ndjson; charset=utf-8",
      "content-disposition": `attachment; filename="memepulse-${caller.workspace.id.slice(0, 8)}.jsonl"`,
      "cache-control": "no-store",
    },
  });
}
