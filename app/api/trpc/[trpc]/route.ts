import { handleTrpc } from "@/server/api/handle-trpc";
import { trustedOrigins } from "@/server/auth/trusted-origins";
import { container } from "@/server/container";

async function handler(request: Request): Promise<Response> {
  const { auth, services, env, log } = await container();
  return handleTrpc(request, { auth, services, log, trustedOrigins: trustedOrigins(env) });
}

export { handler as GET, handler as POST };
