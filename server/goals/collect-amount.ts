import { div, type Fixed, fixedInt, max, min, mul, roundTo, ZERO } from "@/server/shared";

import type { OnAchieved } from "./types";

/** Money of the node when its goal is reached: free cash (without its reserve and open orders' holds) and what was earned. Base currency. */
export type CollectGround = { readonly free: Fixed; readonly profit: Fixed };

/** What is collected now, and what waits because it is not free. Never more than is free: money under open positions is not moved. Whole cents, down. */
export function collectAmount(rule: OnAchieved, { free, profit }: CollectGround): { readonly now: Fixed; readonly waiting: Fixed } {
  const gain = max(profit, ZERO);
  const wanted =
    rule.collect === "none" ? ZERO : rule.collect === "all" ? max(free, ZERO) : rule.collect === "profit" ? gain : share(gain, rule.collectPercent);
  const due = roundTo(wanted, 2, "down");
  const now = roundTo(max(min(due, free), ZERO), 2, "down");
  return { now, waiting: (due - now) as Fixed };
}

const share = (gain: Fixed, percent: Fixed | null): Fixed => mul(gain, div(percent ?? ZERO, fixedInt(100), "down"), "down");
