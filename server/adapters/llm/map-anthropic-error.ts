import Anthropic from "@anthropic-ai/sdk";
import { DomainError } from "@/server/shared";
import { BrokenStreamError } from "./read-message-stream";

export type MappedFailure = {
  readonly error: DomainError;
  /** Trying again is safe (nothing can have been billed) and may help. */
  readonly retry: boolean;
  readonly retryAfterMs: number | null;
  readonly refusesForcedTool: boolean;
};

type Situation = { readonly key: string; readonly aborted: boolean; readonly timeoutMs: number };

/**
 * Whatever the SDK throws, as one of the port's typed errors. The original is not attached: it carries request headers.
 * `data.billed` tells the budget whether the call can have cost anything ("no" or "unknown").
 */
export function mapAnthropicError(thrown: unknown, at: Situation): MappedFailure {
  if (thrown instanceof DomainError) return give(thrown);
  if (at.aborted) return give(failure("MODEL_UNAVAILABLE", "the call was cancelled", "unknown"));
  const broken = thrown instanceof BrokenStreamError;
  const cause = broken ? thrown.cause : thrown;
  if (isTimeout(cause)) return give(failure("MODEL_TIMEOUT", `the model did not answer within ${Math.round(at.timeoutMs / 1000)} s`, "unknown"));
  if (cause instanceof Anthropic.APIError && (cause.status !== undefined || cause.type)) return ofStatus(cause, at, broken);
  if (broken) return give(failure("MODEL_UNAVAILABLE", "the model's answer broke off", "unknown"));
  if (cause instanceof Anthropic.APIConnectionError) {
    // Refused or unresolved: the request never left. Anything else may have reached the provider.
    const never = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(codesOf(cause));
    return { ...give(failure("MODEL_UNAVAILABLE", "the model provider could not be reached", never ? "no" : "unknown")), retry: never };
  }
  return give(failure("MODEL_UNAVAILABLE", "the model call failed unexpectedly", "unknown"));
}

function ofStatus(error: InstanceType<typeof Anthropic.APIError>, at: Situation, broken: boolean): MappedFailure {
  const billed = broken ? "unknown" : "no";
  const retry = !broken;
  const retryAfterMs = retryAfter(error.headers);
  const type = error.type;
  if (error.status === 401 || error.status === 403 || type === "authentication_error" || type === "permission_error")
    return give(failure("MODEL_KEY_REFUSED", "Claude refused the key: check it on the Models page", billed, "conflict"));
  if (error.status === 429 || type === "rate_limit_error")
    return { ...give(failure("MODEL_RATE_LIMITED", "Claude's rate limit is reached", billed, "limited", retryAfterMs)), retry, retryAfterMs };
  if (error.status === 529 || type === "overloaded_error")
    return { ...give(failure("MODEL_OVERLOADED", "Claude is overloaded", billed, "unavailable", retryAfterMs)), retry, retryAfterMs };
  if (error.status !== undefined && error.status >= 500)
    return { ...give(failure("MODEL_UNAVAILABLE", `Claude answered with an error (${error.status})`, billed)), retry, retryAfterMs };
  const said = redact(error.apiMessage ?? "", at.key).slice(0, 200);
  return {
    ...give(failure("MODEL_UNAVAILABLE", `Claude refused the request (${error.status ?? type}): ${said || "no reason given"}`, billed)),
    refusesForcedTool: error.status === 400 && /tool_choice|forced tool/i.test(error.apiMessage ?? ""),
  };
}

const give = (error: DomainError): MappedFailure => ({ error, retry: false, retryAfterMs: null, refusesForcedTool: false });

function failure(
  code: string,
  message: string,
  billed: "no" | "unknown",
  kind: "unavailable" | "limited" | "conflict" = "unavailable",
  retryAfterMs: number | null = null,
): DomainError {
  return new DomainError(code, message, { kind, data: { billed }, ...(retryAfterMs === null ? {} : { retryAfterMs }) });
}

const isTimeout = (e: unknown): boolean =>
  e instanceof Anthropic.APIConnectionTimeoutError ||
  e instanceof Anthropic.APIUserAbortError ||
  (e instanceof Error && (e.name === "TimeoutError" || e.name === "AbortError"));

function codesOf(error: unknown): string {
  const parts: string[] = [];
  for (let e: unknown = error; e instanceof Error && parts.length < 5; e = e.cause)
    parts.push(String((e as { code?: unknown }).code ?? ""), e.message);
  return parts.join(" ");
}

/** Seconds or an HTTP date are both allowed; only seconds are used by this provider. */
function retryAfter(headers: Headers | undefined): number | null {
  const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

const redact = (text: string, key: string): string => (key ? text.replaceAll(key, "[key]") : text);
