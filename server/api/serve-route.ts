import type { Metrics } from "@/server/observability/metrics";
import { inRequest, requestIdOf } from "@/server/observability/request-context";
import { errorResponse } from "./error-response";

type Served = {
  /** The route as its file has it: a label, so never what a client wrote. */
  readonly route: string;
  readonly metrics: Pick<Metrics, "requests" | "requestSeconds">;
  readonly log: {
    debug(fields: Record<string, unknown>, message: string): void;
    error(fields: Record<string, unknown>, message: string): void;
  };
};

/** One HTTP request of the API: its id is in every log line it leads to and in the response; how it went is counted; a fault of ours answers in our words. */
export function serveRoute(request: Request, { route, metrics, log }: Served, handle: () => Promise<Response>): Promise<Response> {
  const requestId = requestIdOf(request.headers);
  return inRequest(requestId, async () => {
    const from = performance.now();
    let response: Response;
    try {
      response = await handle();
    } catch (error) {
      // A redirect of the framework's is thrown; it is no fault.
      if (error instanceof Error && "digest" in error) throw error;
      log.error({ err: error, route }, "request failed");
      response = errorResponse(error);
    }
    const seconds = (performance.now() - from) / 1000;
    metrics.requests.inc({ route, method: request.method, status: response.status });
    metrics.requestSeconds.observe({ route }, seconds);
    log.debug({ route, method: request.method, status: response.status, ms: Math.round(seconds * 1000) }, "request");
    return withHeader(response, "x-request-id", requestId);
  });
}

/** Some responses, such as redirects, have headers that cannot be changed. */
function withHeader(response: Response, name: string, value: string): Response {
  try {
    response.headers.set(name, value);
    return response;
  } catch {
    const headers = new Headers(response.headers);
    headers.set(name, value);
    return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
  }
}
