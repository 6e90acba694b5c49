import { clientAddress } from "@/server/auth/client-address";
import { bindingCookie, bindingCookieName, cookieValue } from "@/server/auth/cookies";
import { errorResponse } from "@/server/api/error-response";
import { container } from "@/server/container";

/** A nonce for one sign-in, bound to this browser. */
export async function GET(request: Request): Promise<Response> {
  const { auth, env } = await container();
  try {
    const held = cookieValue(request.headers.get("cookie"), bindingCookieName(env.origin));
    const { binding, ...issued } = await auth.issueNonce(held, clientAddress(request.headers.get("x-forwarded-for")));
    return Response.json(issued, { headers: { "cache-control": "no-store", "set-cookie": bindingCookie(env.origin, binding, 600) } });
  } catch (error) {
    return errorResponse(error);
  }
}
