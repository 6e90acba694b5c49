import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import type { AuthService } from "@/server/auth/auth-service";
import { currentRequestId, requestIdOf } from "@/server/observability/request-context";
import type { ApiContext, ProcedureCall } from "./context";
import { appRouter } from "./root";
import type { Services } from "./services";

type Api = {
  readonly auth: Pick<AuthService, "authenticate">;
  readonly services: Services;
  readonly trustedOrigins: readonly string[];
  readonly log: { error(fields: Record<string, unknown>, message: string): void };
  readonly onCall?: (call: ProcedureCall) => void;
  /** Default: the product's own. */
  readonly router?: typeof appRouter;
};

/** One HTTP request to the API: who calls is found out here, once; what went wrong on our side is logged under the id the client gets. */
export async function handleTrpc(request: Request, { auth, services, trustedOrigins, log, onCall, router = appRouter }: Api): Promise<Response> {
  const requestId = currentRequestId() ?? requestIdOf(request.headers);
  const response = await fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router,
    createContext: async (): Promise<ApiContext> => ({
      caller: await auth.authenticate(request.headers),
      services,
      requestId,
      origin: request.headers.get("origin"),
      trustedOrigins,
      ...(onCall ? { onCall } : {}),
    }),
    onError: ({ error, path }) => {
      if (error.code === "INTERNAL_SERVER_ERROR") log.error({ err: error.cause ?? error, path, requestId }, "call failed");
    },
  });
  response.headers.set("x-request-id", requestId);
  response.headers.set("cache-control", "no-store");
  return response;
}
