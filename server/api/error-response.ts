import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { currentRequestId } from "@/server/observability/request-context";
import { errorData, errorMessage, toTrpcError } from "./error-map";

/** An error outside tRPC in the same words: `{ error: { message, code, field, … } }`. */
export function errorResponse(error: unknown): Response {
  const mapped = toTrpcError(error);
  const data = errorData(mapped, currentRequestId());
  const headers: HeadersInit = {
    "cache-control": "no-store",
    ...(data.retryAfterMs === null ? {} : { "retry-after": String(Math.ceil(data.retryAfterMs / 1000)) }),
  };
  return Response.json({ error: { message: errorMessage(mapped), ...data } }, { status: getHTTPStatusCodeFromError(mapped), headers });
}
