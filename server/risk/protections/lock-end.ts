import type { ClosedTrade, ProtectionLock } from "./types";

const MINUTE = 60_000;

/** What one look at the trades of a lookback period says: the trades that count, or null when they do not stop anything. */
export type Look = (trades: readonly ClosedTrade[]) => (Omit<ProtectionLock, "until"> & { readonly counted: readonly ClosedTrade[] }) | null;

/**
 * The lock that holds at `at`, or null. As in freqtrade, the question is asked at each close of a trade, over the trades that closed
 * within the lookback before it, and a lock lasts for `stopMinutes` after the last trade that counted, also when the trades themselves
 * have left the lookback meanwhile. Trades come oldest first.
 */
export function lockEnd(
  trades: readonly ClosedTrade[],
  at: number,
  spec: { readonly lookbackMinutes: number; readonly stopMinutes: number },
  look: Look,
): ProtectionLock | null {
  const known = trades.filter((t) => t.closedAt <= at);
  let lock: ProtectionLock | null = null;
  for (const [i, trade] of known.entries()) {
    const now = trade.closedAt;
    // A later trade of the same instant sees this one too.
    if (now + spec.stopMinutes * MINUTE <= at || known[i + 1]?.closedAt === now) continue;
    const found = look(known.slice(0, i + 1).filter((t) => t.closedAt > now - spec.lookbackMinutes * MINUTE));
    if (!found) continue;
    const { counted, ...words } = found;
    const until = Math.max(...counted.map((t) => t.closedAt)) + spec.stopMinutes * MINUTE;
    if (until > at && until >= (lock?.until ?? 0)) lock = { ...words, until };
  }
  return lock;
}
