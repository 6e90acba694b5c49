import { lockEnd } from "./lock-end";
import type { ClosedTrade, ProtectionLock, ProtectionSpec } from "./types";

/** Stops one symbol for a while after each of its trades has closed, whatever it made. */
export function cooldownPeriod(
  spec: Extract<ProtectionSpec, { kind: "cooldown-period" }>,
  trades: readonly ClosedTrade[],
  at: number,
  symbol: string,
): ProtectionLock | null {
  const own = trades.filter((t) => t.symbol === symbol);
  return lockEnd(own, at, { lookbackMinutes: spec.stopMinutes, stopMinutes: spec.stopMinutes }, (seen) => {
    const last = seen.at(-1);
    if (!last) return null;
    const minutes = Math.floor((at - last.closedAt) / 60_000);
    return {
      counted: [last],
      figure: String(minutes),
      limit: String(spec.stopMinutes),
      unit: "minutes",
      why: `a trade of ${symbol} closed ${minutes} minutes ago, ${spec.stopMinutes} must pass`,
    };
  });
}
