import { TRPCClientError } from "@trpc/client";
import type { AppRouter } from "@/server/api/root";

export type ApiProblem = {
  readonly message: string;
  readonly code: string;
  readonly field: string | null;
  readonly status: number;
  readonly requestId: string | null;
};

/** A failed call in the product's words: message, stable code, the field to blame, HTTP status (0 = no answer). */
export function apiError(error: unknown): ApiProblem {
  if (error instanceof TRPCClientError) {
    const data = (error as TRPCClientError<AppRouter>).data;
    return {
      message: data ? error.message : "The server did not answer. Nothing was changed. Check the connection and try again.",
      code: data?.product.code ?? "NO_ANSWER",
      field: data?.product.field ?? null,
      status: data?.httpStatus ?? 0,
      requestId: data?.product.requestId ?? null,
    };
  }
  return { message: error instanceof Error ? error.message : "Something went wrong.", code: "UNKNOWN", field: null, status: 0, requestId: null };
}
