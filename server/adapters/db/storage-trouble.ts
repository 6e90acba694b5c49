import { DomainError } from "@/server/shared";

/** What keeps the database from storing, as shown on the System page. `since` and `last`: first and latest refusal (wall ms). */
export type StorageTrouble = {
  readonly code: "STORAGE_FULL" | "STORAGE_STOPPED";
  readonly message: string;
  readonly since: number;
  readonly last: number;
};

const FULL =
  "The disk that holds the database is full: nothing can be stored, so no decision is made and no order is sent. Free some space; work then goes on by itself.";
const STOPPED =
  "The embedded database stopped after an error of its disk, so that nothing is spoilt: what was acknowledged is stored. Free some space, then start MemePulse again.";
/** A trouble is shown at least this long after its latest refusal: on a full disk small writes still succeed now and then. */
const SHOWN_MS = 60_000;

/**
 * Kept free for the embedded database: four files of its write-ahead log. Without space for the next one PGlite neither answers nor
 * ends, and takes the whole process with it; that must never be reached.
 */
export const RESERVE_BYTES = 64 * 1024 * 1024;
const READ_AGAIN_MS = 250;

/** Knows refusals for want of space, gives them their code, and remembers them until storing works again. */
export class StorageWatch {
  #trouble: StorageTrouble | null = null;

  #free = { bytes: Number.POSITIVE_INFINITY, readAt: 0 };

  /** `freeBytes`: space left for the data; with it transactions are refused before the reserve is touched. */
  constructor(
    private readonly freeBytes: (() => number) | null = null,
    private readonly now: () => number = Date.now,
  ) {}

  /** The error to throw for one that the database has thrown: STORAGE_FULL, STORAGE_STOPPED, or the same. */
  explain(error: unknown): unknown {
    if (error instanceof DomainError) return error;
    const code = isStopped(error) ? "STORAGE_STOPPED" : isFull(error) ? "STORAGE_FULL" : null;
    if (!code) return error;
    return this.#refusal(code, error);
  }

  #refusal(code: StorageTrouble["code"], cause: unknown): DomainError {
    const now = this.now();
    const message = code === "STORAGE_FULL" ? FULL : STOPPED;
    this.#trouble = { code, message, since: this.#trouble?.since ?? now, last: now };
    return new DomainError(code, message, { kind: "unavailable", retryAfterMs: 30_000, cause });
  }

  /** A transaction has been stored. */
  stored(): void {
    if (this.#trouble && this.#trouble.code === "STORAGE_FULL" && this.now() - this.#trouble.last >= SHOWN_MS) this.#trouble = null;
  }

  /** What is in the way now; null when nothing is. */
  trouble(): StorageTrouble | null {
    return this.#trouble;
  }

  /** Throws at once when the database has stopped for good, as nothing would be answered; for a transaction also when space is short. */
  guard(isTransaction = false): void {
    if (this.#trouble?.code === "STORAGE_STOPPED") throw this.#refusal("STORAGE_STOPPED", null);
    if (!isTransaction || !this.freeBytes) return;
    const now = this.now();
    if (now - this.#free.readAt >= READ_AGAIN_MS) this.#free = { bytes: this.freeBytes(), readAt: now };
    if (this.#free.bytes < RESERVE_BYTES) throw this.#refusal("STORAGE_FULL", null);
  }
}

const FULL_CODES = new Set(["53100", "ENOSPC", "EDQUOT"]);

const isFull = (error: unknown): boolean => someCause(error, (e) => [e.code, e.originalCode].some((c) => typeof c === "string" && FULL_CODES.has(c)));

/** PGlite's session is beyond repair after an error in the middle of its own cleaning up: each statement fails like this, for ever. */
const isStopped = (error: unknown): boolean =>
  someCause(error, (e) =>
    /cannot drop active portal|memory access out of bounds|unreachable|Aborted\(/.test(`${e.message ?? ""} ${e.originalMessage ?? ""}`),
  );

type Wrapped = {
  readonly code?: unknown;
  readonly originalCode?: unknown;
  readonly message?: unknown;
  readonly originalMessage?: unknown;
  readonly cause?: unknown;
  readonly meta?: { readonly driverAdapterError?: unknown };
};

/** True when it holds for the error or anything it was made of: Prisma and its driver adapter wrap what the driver threw. */
function someCause(error: unknown, holds: (e: Wrapped) => boolean, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 6) return false;
  const e = error as Wrapped;
  return holds(e) || someCause(e.cause, holds, depth + 1) || someCause(e.meta?.driverAdapterError, holds, depth + 1);
}
