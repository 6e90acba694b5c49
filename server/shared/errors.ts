/** Every error the product raises on purpose: a stable code, a sentence for people, the field it is about. */
export class DomainError extends Error {
  override readonly name = "DomainError";
  constructor(
    /** Stable, upper case, part of the API: clients switch on it. */
    readonly code: string,
    message: string,
    readonly details: {
      /** Path of the input field, dotted ("limits.maxOrderNotional"). */
      readonly field?: string;
      /** What the transport makes of it; default `invalid`. */
      readonly kind?: "invalid" | "not_found" | "conflict" | "forbidden" | "unauthenticated" | "limited" | "unavailable" | "internal";
      readonly data?: Readonly<Record<string, string | number | boolean | null>>;
      readonly retryAfterMs?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
  }
}

export const notFound = (what: string): DomainError => new DomainError("NOT_FOUND", `${what} does not exist or is not yours`, { kind: "not_found" });
