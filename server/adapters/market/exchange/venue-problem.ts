import { DomainError } from "@/server/shared";
import type { Venue } from "./venues";

/** What was asked of which venue; named in every error. */
export type VenueCall = { readonly venue: Venue; readonly asked: string; readonly symbol?: string };

/** What the transport saw before the client library could read it. */
export class VenueAnswer extends Error {
  constructor(
    readonly problem: "limited" | "banned" | "down" | "silent" | "unreadable",
    readonly status: number,
    readonly retryAfterMs: number | null,
  ) {
    super(`${problem} (${status})`);
  }
}

const LIMITED = new Set(["DDoSProtection", "RateLimitExceeded"]);
const DOWN = new Set(["NetworkError", "RequestTimeout", "ExchangeNotAvailable", "OnMaintenance", "OperationFailed"]);
const UNREADABLE = new Set(["BadResponse", "NullResponse", "SyntaxError"]);

const error = (call: VenueCall, code: string, said: string, cause: unknown, more: { retryAfterMs?: number; status?: number } = {}): DomainError =>
  new DomainError(code, `${call.venue.label} ${said} when asked for ${call.asked}${call.symbol ? ` of ${call.symbol}` : ""}`, {
    kind: "unavailable",
    data: { venue: call.venue.id, asked: call.asked, symbol: call.symbol ?? null, status: more.status ?? null },
    ...(more.retryAfterMs === undefined ? {} : { retryAfterMs: more.retryAfterMs }),
    cause,
  });

/** Typed: FEED_RATE_LIMITED, FEED_BANNED, FEED_UNAVAILABLE, FEED_BAD_ANSWER, FEED_REFUSED. The cause keeps the venue's own words; the message does not. */
export function venueProblem(call: VenueCall, cause: unknown): DomainError {
  if (cause instanceof DomainError) {
    if (cause.code !== "INVALID_DECIMAL" && cause.code !== "FEED_BAD_ANSWER") return cause;
    return error(call, "FEED_BAD_ANSWER", `answered with something unreadable (${cause.message})`, cause);
  }
  if (cause instanceof VenueAnswer) {
    const { status } = cause;
    if (cause.problem === "unreadable") return error(call, "FEED_BAD_ANSWER", "answered with something unreadable", cause, { status });
    if (cause.problem === "silent") return error(call, "FEED_UNAVAILABLE", "did not answer in time", cause);
    if (cause.problem === "down") return error(call, "FEED_UNAVAILABLE", `is down (${status})`, cause, { status });
    const retryAfterMs = cause.retryAfterMs ?? (cause.problem === "banned" ? 120_000 : 10_000);
    const wait = `for ${Math.ceil(retryAfterMs / 1000)} s`;
    if (cause.problem === "banned")
      return error(call, "FEED_BANNED", `refuses every request from here ${wait} (${status})`, cause, { retryAfterMs, status });
    return error(call, "FEED_RATE_LIMITED", `wants no requests ${wait} (${status})`, cause, { retryAfterMs, status });
  }
  const name = cause instanceof Error ? cause.name : "";
  if (LIMITED.has(name)) return error(call, "FEED_RATE_LIMITED", "wants fewer requests", cause, { retryAfterMs: 10_000 });
  if (name === "RequestTimeout") return error(call, "FEED_UNAVAILABLE", "did not answer in time", cause);
  if (DOWN.has(name)) return error(call, "FEED_UNAVAILABLE", "cannot be reached", cause);
  if (UNREADABLE.has(name) || cause instanceof TypeError) return error(call, "FEED_BAD_ANSWER", "answered with something unreadable", cause);
  return error(call, "FEED_REFUSED", "refused", cause);
}

/** Whether asking again soon can help. A ban is never tested. */
export const isPassing = (problem: DomainError): boolean => problem.code === "FEED_UNAVAILABLE" || problem.code === "FEED_BAD_ANSWER";
