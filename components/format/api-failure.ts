import type { ApiErrorData } from "@/server/api/contract";

/** A failed call as pages read it: the sentence, and the field to blame. */
export type ApiFailure = { readonly message: string; readonly data?: { readonly product?: ApiErrorData } | null | undefined };

/** The sentence that belongs beside `field` (or any below it), or null when the failure is about something else. */
export function fieldMessage(failure: ApiFailure | null, field: string): string | null {
  const blamed = failure?.data?.product?.field;
  if (!failure || !blamed) return null;
  return blamed === field || blamed.startsWith(`${field}.`) ? failure.message : null;
}

/** The sentence for the whole form: set when no field that is shown is to blame. */
export function formMessage(failure: ApiFailure | null, shown: readonly string[]): string | null {
  if (!failure || shown.some((field) => fieldMessage(failure, field) !== null)) return null;
  return failure.message;
}

/** Whether the thing itself does not exist (or is not the caller's to see). */
export function isNotFound(failure: ApiFailure | null): boolean {
  return failure?.data?.product?.code === "NOT_FOUND";
}
