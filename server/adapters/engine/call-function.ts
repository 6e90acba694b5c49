import { createHmac } from "node:crypto";
import { canonicalJson, type Json } from "@/server/shared";

export type ServeHandler = (request: Request) => Promise<Response>;
export type CallResult = { readonly status: number; readonly body: unknown; readonly noRetry: boolean; readonly retryAfter: string | null };

/** Header value by which the SDK knows that a call is from its executor: HMAC-SHA256 of the canonical body and the time (s). */
export function signature(body: string, signingKey: string, nowMs: number): string {
  const t = Math.round(nowMs / 1000).toString();
  const key = signingKey.replace(/^signkey-[\w]+-/, "");
  return `t=${t}&s=${createHmac("sha256", key)
    .update(body + t)
    .digest("hex")}`;
}

/** One call of one function through the SDK's own serve handler, in process and signed as from outside. */
export async function callFunction(
  handler: ServeHandler,
  options: { origin: string; signingKey: string; functionId: string; stepId: string; nowMs: number },
  payload: Json,
): Promise<CallResult> {
  const body = canonicalJson(payload);
  const url = `${options.origin}/api/inngest?fnId=${encodeURIComponent(options.functionId)}&stepId=${encodeURIComponent(options.stepId)}`;
  const response = await handler(
    new Request(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        host: new URL(options.origin).host,
        "x-inngest-signature": signature(body, options.signingKey, options.nowMs),
      },
      body,
    }),
  );
  return {
    status: response.status,
    body: await response.json().catch(() => null),
    noRetry: response.headers.get("x-inngest-no-retry") === "true",
    retryAfter: response.headers.get("retry-after"),
  };
}
