import type { AuthService } from "@/server/auth/auth-service";
import { clientAddress } from "@/server/auth/client-address";
import { bindingCookie, bindingCookieName, cookieValue } from "@/server/auth/cookies";
import { errorResponse } from "./error-response";

const BINDING_SECONDS = 600;

/** A nonce for one sign-in, bound by a cookie to the browser that asks. */
export async function handleNonce(request: Request, api: { auth: Pick<AuthService, "issueNonce">; origin: string }): Promise<Response> {
  try {
    const held = cookieValue(request.headers.get("cookie"), bindingCookieName(api.origin));
    const { binding, ...issued } = await api.auth.issueNonce(held, clientAddress(request.headers.get("x-forwarded-for")));
    return Response.json(issued, { headers: { "cache-control": "no-store", "set-cookie": bindingCookie(api.origin, binding, BINDING_SECONDS) } });
  } catch (error) {
    return errorResponse(error);
  }
}
