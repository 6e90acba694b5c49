import { TRPCError } from "@trpc/server";
import { ZodError } from "zod";
import { DomainError } from "@/server/shared";
import type { ApiErrorData } from "./contract";

const CODES = {
  invalid: "BAD_REQUEST",
  not_found: "NOT_FOUND",
  conflict: "CONFLICT",
  forbidden: "FORBIDDEN",
  unauthenticated: "UNAUTHORIZED",
  limited: "TOO_MANY_REQUESTS",
  unavailable: "SERVICE_UNAVAILABLE",
  internal: "INTERNAL_SERVER_ERROR",
} as const;

/** A domain error as tRPC's: the status from its kind, the sentence unless it is internal. */
export function toTrpcError(cause: unknown): TRPCError {
  if (cause instanceof TRPCError) return cause;
  if (cause instanceof DomainError) {
    const kind = cause.details.kind ?? "invalid";
    return new TRPCError({ code: CODES[kind], message: kind === "internal" ? HIDDEN : cause.message, cause });
  }
  return new TRPCError({ code: "INTERNAL_SERVER_ERROR", message: HIDDEN, cause });
}

export const HIDDEN = "Something went wrong on our side. Nothing was changed. The error id leads us to the cause.";

/** What the client gets beside the message: a stable code and, where one is to blame, the field. */
export function errorData(error: TRPCError, requestId: string | null): ApiErrorData {
  const cause = error.cause;
  if (cause instanceof ZodError) {
    const issue = cause.issues[0];
    const unknownKey = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
    const path = [...(issue?.path ?? []), ...(unknownKey === undefined ? [] : [unknownKey])];
    const code = unknownKey !== undefined && issue?.path.at(-1) === "limits" ? "UNKNOWN_LIMIT" : "INVALID_INPUT";
    return { code, field: path.join(".") || null, retryAfterMs: null, requestId, data: null };
  }
  if (cause instanceof DomainError) {
    const hidden = cause.details.kind === "internal";
    return {
      code: cause.code,
      field: cause.details.field ?? null,
      retryAfterMs: cause.details.retryAfterMs ?? null,
      requestId,
      data: hidden ? null : { ...cause.details.data },
    };
  }
  return { code: error.code, field: null, retryAfterMs: null, requestId, data: null };
}

/** The message shown: for bad input the first field's own sentence, for faults of ours nothing of their cause. */
export function errorMessage(error: TRPCError): string {
  if (error.cause instanceof ZodError) {
    const issue = error.cause.issues[0];
    if (issue?.code === "unrecognized_keys") return `${issue.keys.join(", ")} is not known here`;
    return issue ? `${issue.path.join(".") || "input"} ${issue.message}` : "The input is not valid";
  }
  return error.code === "INTERNAL_SERVER_ERROR" ? HIDDEN : error.message;
}
