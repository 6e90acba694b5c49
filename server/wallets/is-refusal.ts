import { DomainError } from "@/server/shared";

const ASKED_AGAIN: ReadonlySet<string> = new Set(["internal", "unavailable", "limited"]);

/** What the books refuse stays refused; a fault, or somebody who did not answer, is asked again. */
export const isRefusal = (error: unknown): error is DomainError => error instanceof DomainError && !ASKED_AGAIN.has(error.details.kind ?? "invalid");
