import { type Limits, type ProtectionSpec, protectionReach } from "@/server/risk";

/** Limits on a sum over several symbols. */
const SUMS = ["maxGrossNotional", "maxGrossPercent", "maxSymbolPercent", "maxSectorPercent", "maxCorrelatedPercent"] as const;
/** Limits that the other agents use up. */
const SHARED = [...SUMS, "maxDailyLoss", "maxPositionNotional", "maxOrdersPerHour", "maxOrdersPerMinute", "duplicateWindowSeconds"] as const;

/** What the limits and protections of a turn ask for beyond what every turn records. */
export type NeededFigures = {
  readonly ordersLastMinute: boolean;
  /** Orders of the last so many ms; 0 = none. */
  readonly recentMs: number;
  /** Closed trades of the last so many ms; 0 = none. */
  readonly tradesMs: number;
  /** What the workspace or the farm holds in all symbols, and its equity. */
  readonly holdings: boolean;
  /** Bars of those symbols. */
  readonly correlations: boolean;
  readonly depth: boolean;
  /** Whether some limit of the farm or the workspace is used up by the other agents, too. */
  readonly shared: boolean;
};

const isSet = (limits: Limits, names: readonly (keyof Limits)[]): boolean => names.some((n) => (limits[n] ?? null) !== null);

/** `above` = limits of the farm and the workspace. */
export function neededFigures(agent: Limits, above: readonly Limits[], protections: readonly ProtectionSpec[]): NeededFigures {
  const all = [agent, ...above];
  return {
    ordersLastMinute: all.some((l) => isSet(l, ["maxOrdersPerMinute"])),
    recentMs: Math.max(...all.map((l) => (l.duplicateWindowSeconds ?? 0) * 1000)),
    tradesMs: protectionReach(protections),
    holdings: above.some((l) => isSet(l, SUMS)),
    correlations: above.some((l) => isSet(l, ["maxCorrelatedPercent"])),
    depth: all.some((l) => isSet(l, ["maxDepthPercent"])),
    shared: above.some((l) => isSet(l, SHARED)),
  };
}
