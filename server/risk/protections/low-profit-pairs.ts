import { type Fixed, sum, toText } from "@/server/shared";
import { lockEnd } from "./lock-end";
import type { ClosedTrade, ProtectionLock, ProtectionSpec } from "./types";

/** Stops one symbol while the sum of its trades' profits within the lookback is below what is required. */
export function lowProfitPairs(
  spec: Extract<ProtectionSpec, { kind: "low-profit-pairs" }>,
  trades: readonly ClosedTrade[],
  at: number,
  symbol: string,
): ProtectionLock | null {
  const own = trades.filter((t) => t.symbol === symbol);
  return lockEnd(own, at, spec, (counted) => {
    if (counted.length < spec.tradeLimit) return null;
    const profit = (sum(counted.map((t) => t.profit)) * 100n) as Fixed;
    if (profit >= spec.requiredProfitPercent) return null;
    return {
      counted,
      figure: toText(profit),
      limit: toText(spec.requiredProfitPercent),
      unit: "%",
      why: `${counted.length} trades of ${symbol} made ${toText(profit)} % within ${spec.lookbackMinutes} minutes, ${toText(spec.requiredProfitPercent)} % are required`,
    };
  });
}
