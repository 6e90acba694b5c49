import { abs, toText, ZERO } from "@/server/shared";
import { owner, perLevel, quoteOf, type RiskRule } from "./rule";

/** Once today's loss has reached the limit, nothing is added until the next UTC day of market time. */
export const dailyLoss: RiskRule = {
  name: "daily-loss",
  title: "Loss today",
  compares: "the loss since 00:00 UTC of market time",
  unit: "quote currency",
  levels: ["agent", "farm", "workspace"],
  may: ["deny"],
  limits: ["maxDailyLoss"],
  byDefault: "not set",
  judge: (s, o) =>
    perLevel(s, "maxDailyLoss", (limit, { level, dayPnl }) => {
      const loss = dayPnl < 0n ? abs(dayPnl) : ZERO;
      const stop = loss >= limit && o.side === "buy";
      const text = toText(loss);
      return {
        rule: "daily-loss",
        level,
        outcome: stop ? "deny" : "pass",
        unit: quoteOf(s, o),
        before: text,
        asked: text,
        limit: toText(limit),
        allows: stop ? ZERO : null,
        reason: stop
          ? `${owner(level)} has lost ${text} today, the limit is ${toText(limit)}: nothing is added until tomorrow (UTC)`
          : loss >= limit
            ? `today's loss of ${text} has reached the limit of ${toText(limit)}, but this order only reduces`
            : `today's loss is ${text} of ${toText(limit)} allowed`,
      };
    }),
};
