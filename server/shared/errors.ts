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

  /**
   * The server is built in several bundles, each with a copy of this class, while the container lives once a process: an error made
   * by one copy must be known to the others, or a refusal would be answered as a fault of ours.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: "this" is the class on the right of instanceof; a subclass asks for itself
    if (this !== DomainError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return value instanceof Error && value.name === "DomainError" && "code" in value && "details" in value;
  }
}

export const notFound = (what: string): DomainError => new DomainError("NOT_FOUND", `${what} does not exist or is not yours`, { kind: "not_found" });
