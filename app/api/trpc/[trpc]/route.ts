import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { newId } from "@/server/adapters/db/new-id";
import type { ApiContext } from "@/server/api/context";
import { appRouter } from "@/server/api/root";
import { trustedOrigins } from "@/server/auth/trusted-origins";
import { container } from "@/server/container";

async function handler(request: Request): Promise<Response> {
  const { auth, services, env, log } = await container();
  const requestId = newId();
  const response = await fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    createContext: async (): Promise<ApiContext> => ({
      caller: await auth.authenticate(request.headers),
      services,
      requestId,
      origin: request.headers.get("origin"),
      trustedOrigins: trustedOrigins(env),
    }),
    onError: ({ error, path }) => {
      if (error.code === "INTERNAL_SERVER_ERROR") log.error({ err: error.cause ?? error, path, requestId }, "call failed");
    },
  });
  response.headers.set("x-request-id", requestId);
  response.headers.set("cache-control", "no-store");
  return response;
}

export { handler as GET, handler as POST };
