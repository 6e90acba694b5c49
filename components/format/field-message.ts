import { apiError } from "@/components/api/api-error";

/** The sentence that belongs beside `field` (or any below it), or null when the failure is about something else. */
export function fieldMessage(error: unknown, field: string): string | null {
  if (!error) return null;
  const problem = apiError(error);
  return problem.field === field || problem.field?.startsWith(`${field}.`) ? problem.message : null;
}

/** The sentence for the whole form: set when no field that is shown is to blame. */
export function formMessage(error: unknown, shown: readonly string[]): string | null {
  if (!error || shown.some((field) => fieldMessage(error, field) !== null)) return null;
  return apiError(error).message;
}
