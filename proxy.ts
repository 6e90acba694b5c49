import type { NextRequest, NextResponse } from "next/server";
import { canonicalLocation } from "@/server/auth/canonical-location";
import { env } from "@/server/env";
import { identifyPage } from "@/server/observability/identify-page";

/** Every page has a request id. In the demo and development a page opened under another loopback name goes to the printed origin. */
export function proxy(request: NextRequest): NextResponse {
  return identifyPage(request, canonicalLocation(env(), request.headers.get("host"), request.url));
}

/** Pages only: a script that calls the API under another name must not be sent elsewhere with its body. */
export const config = { matcher: ["/((?!api/|_next/).*)"] };
