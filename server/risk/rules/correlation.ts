import { fixed, toNumber, toText } from "@/server/shared";
import { exposureAnswer, shareOf } from "./exposure-answer";
import { perLevel, type RiskRule } from "./rule";

/** What is used when a limit is set without a threshold. */
export const DEFAULT_CORRELATION = fixed("0.7");

/** Markets that move together are one bet. A correlation that cannot be computed counts as high. */
export const correlation: RiskRule = {
  name: "correlation",
  title: "Markets that move together",
  compares: "everything held of markets whose returns correlate with the ordered one's above the threshold, and this order, with a share of equity",
  unit: "quote currency",
  levels: ["agent", "farm", "workspace"],
  may: ["reduce", "deny"],
  limits: ["maxCorrelatedPercent", "correlationThreshold"],
  byDefault: "not set; the threshold is 0.7",
  judge: (s, o) =>
    perLevel(s, "maxCorrelatedPercent", (percent, level) => {
      const threshold = level.limits.correlationThreshold ?? DEFAULT_CORRELATION;
      const bound = toNumber(threshold);
      const counts = (symbol: string): boolean => symbol === o.symbol || (s.correlation(symbol) ?? 1) > bound;
      const others = Object.keys(level.exposures()).filter((x) => x !== o.symbol && counts(x));
      const what = others.length === 0 ? `what moves with ${o.symbol} (nothing else held)` : `what moves with ${o.symbol} (${others.join(", ")})`;
      return exposureAnswer(
        "correlation",
        level,
        s,
        o,
        shareOf(level, percent),
        counts,
        what,
        `, ${toText(percent)} % of equity for correlations above ${toText(threshold)}`,
      );
    }),
};
