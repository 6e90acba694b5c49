import type { PrismaClient } from "@/generated/prisma/client";
import type { CommitSignals } from "./after-commit";
import type { TransactionOptions, Tx } from "./database";
import type { StorageWatch } from "./storage-trouble";

const RETRIED = new Set(["40001", "40P01", "P2034", "TransactionWriteConflict"]);

/** True for serialization failures and deadlocks, however deep Prisma, the driver adapter or the driver has wrapped them. */
export function isTransactionConflict(error: unknown, depth = 0): boolean {
  if (typeof error !== "object" || error === null || depth > 6) return false;
  const e = error as {
    code?: unknown;
    originalCode?: unknown;
    kind?: unknown;
    cause?: unknown;
    meta?: { driverAdapterError?: unknown; code?: unknown };
  };
  if ([e.code, e.originalCode, e.kind, e.meta?.code].some((c) => typeof c === "string" && RETRIED.has(c))) return true;
  return isTransactionConflict(e.cause, depth + 1) || isTransactionConflict(e.meta?.driverAdapterError, depth + 1);
}

const pause = (ms: number) => new Promise<void>((ok) => setTimeout(ok, ms));

/** Runs `fn` in an interactive transaction, the whole of it again on a conflict, with full jitter up to 400 ms between attempts. */
export async function retryTransaction<T>(
  prisma: PrismaClient,
  signals: CommitSignals,
  fn: (tx: Tx) => Promise<T>,
  options: TransactionOptions = {},
  storage: StorageWatch | null = null,
): Promise<T> {
  storage?.guard(true);
  const retries = options.retries ?? 8;
  for (let attempt = 0; ; attempt++) {
    try {
      const { result, committed } = await prisma.$transaction((tx) => signals.collect(tx, fn), {
        maxWait: 30_000,
        timeout: options.timeoutMs ?? 30_000,
      });
      storage?.stored();
      committed();
      return result;
    } catch (error) {
      if (attempt >= retries || !isTransactionConflict(error)) throw storage ? storage.explain(error) : error;
      await pause(Math.random() * Math.min(400, 5 * 2 ** attempt));
    }
  }
}
