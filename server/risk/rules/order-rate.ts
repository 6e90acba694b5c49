import { ZERO } from "@/server/shared";
import type { RiskLevel } from "../types";
import { owner, perLevel, type RiskRule } from "./rule";

/** A rule on how many orders were made in the last while. */
const orderRate = (
  name: "orders-per-minute" | "orders-per-hour",
  limitName: "maxOrdersPerMinute" | "maxOrdersPerHour",
  span: "minute" | "hour",
  count: (level: RiskLevel) => number,
): RiskRule => ({
  name,
  title: `Orders this ${span}`,
  compares: `the number of orders in the last ${span}`,
  unit: "orders",
  levels: ["agent", "farm", "workspace"],
  may: ["deny"],
  limits: [limitName],
  byDefault: "not set",
  judge: (s, o) =>
    perLevel(s, limitName, (limit, at) => {
      const before = count(at);
      const over = before + 1 > limit;
      const stop = over && o.side === "buy";
      const one = span === "hour" ? "an hour" : "a minute";
      return {
        rule: name,
        level: at.level,
        outcome: stop ? "deny" : "pass",
        unit: "orders",
        before: String(before),
        asked: String(before + 1),
        limit: String(limit),
        allows: stop ? ZERO : null,
        reason: stop
          ? `${owner(at.level)} has sent ${before} orders in the last ${span}, ${limit} are allowed`
          : over
            ? `this would be order ${before + 1} in ${one} of ${limit} allowed, but it only reduces`
            : `this would be order ${before + 1} of ${limit} in ${one}`,
      };
    }),
});

export const ordersPerMinute = orderRate("orders-per-minute", "maxOrdersPerMinute", "minute", (l) => l.ordersLastMinute);
export const ordersPerHour = orderRate("orders-per-hour", "maxOrdersPerHour", "hour", (l) => l.ordersLastHour);
