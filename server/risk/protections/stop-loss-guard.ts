import { type Fixed, neg, toText } from "@/server/shared";
import { lockEnd } from "./lock-end";
import type { ClosedTrade, ProtectionLock, ProtectionSpec } from "./types";

/**
 * Stops after `tradeLimit` losing trades within the lookback. A trade counts as stopped out when it lost more than `lossPercent`:
 * stop-loss orders are not placed yet, so there is no exit reason to go by.
 */
export function stopLossGuard(
  spec: Extract<ProtectionSpec, { kind: "stop-loss-guard" }>,
  trades: readonly ClosedTrade[],
  at: number,
  symbol: string,
): ProtectionLock | null {
  const bound = neg(spec.lossPercent);
  const asked = spec.onlyPerPair ? trades.filter((t) => t.symbol === symbol) : trades;
  return lockEnd(asked, at, spec, (seen) => {
    const counted = seen.filter((t) => ((t.profit * 100n) as Fixed) < bound);
    if (counted.length < spec.tradeLimit) return null;
    const where = spec.onlyPerPair ? ` of ${symbol}` : "";
    return {
      counted,
      figure: String(counted.length),
      limit: String(spec.tradeLimit),
      unit: "trades",
      why: `${counted.length} trades${where} lost more than ${toText(spec.lossPercent)} % within ${spec.lookbackMinutes} minutes`,
    };
  });
}
