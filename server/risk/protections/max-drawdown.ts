import { add, type Fixed, max, sub, toText, ZERO } from "@/server/shared";
import { lockEnd } from "./lock-end";
import type { ClosedTrade, ProtectionLock, ProtectionSpec } from "./types";

/**
 * Stops every symbol when the running sum of the trades' profits (in per cent, in order of their close) has fallen by more than
 * `maxDrawdownPercent` from its highest point, which is zero before the first trade.
 */
export function maxDrawdown(
  spec: Extract<ProtectionSpec, { kind: "max-drawdown" }>,
  trades: readonly ClosedTrade[],
  at: number,
): ProtectionLock | null {
  return lockEnd(trades, at, spec, (counted) => {
    if (counted.length < spec.tradeLimit) return null;
    let [total, peak, worst]: Fixed[] = [ZERO, ZERO, ZERO];
    for (const t of counted) {
      total = add(total as Fixed, (t.profit * 100n) as Fixed);
      peak = max(peak as Fixed, total);
      worst = max(worst as Fixed, sub(peak, total));
    }
    const fall = worst as Fixed;
    if (fall <= spec.maxDrawdownPercent) return null;
    return {
      counted,
      figure: toText(fall),
      limit: toText(spec.maxDrawdownPercent),
      unit: "%",
      why: `the profits of ${counted.length} trades fell by ${toText(fall)} % within ${spec.lookbackMinutes} minutes, ${toText(spec.maxDrawdownPercent)} % are allowed`,
    };
  });
}
