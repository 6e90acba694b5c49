import { type NextRequest, NextResponse } from "next/server";
import { requestIdOf } from "./request-context";

/**
 * Gives a page's request its id: for the server that renders it, in the response, and in Server-Timing, where the page that failed can
 * read it. Redirects to `location` when the page is elsewhere.
 */
export function identifyPage(request: NextRequest, location: string | null): NextResponse {
  const requestId = requestIdOf(request.headers);
  const headers = new Headers(request.headers);
  headers.set("x-request-id", requestId);
  const response = location === null ? NextResponse.next({ request: { headers } }) : NextResponse.redirect(location, 307);
  response.headers.set("x-request-id", requestId);
  response.headers.set("server-timing", `request;desc="${requestId}"`);
  return response;
}
