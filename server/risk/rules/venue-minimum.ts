import { toText, ZERO } from "@/server/shared";
import { notionalUp } from "../notional";
import { limitMeasure, type RiskRule } from "./rule";

/** The smallest notional the venue takes, for what the other rules have left. */
export const venueMinimum: RiskRule = {
  name: "venue-minimum",
  title: "Venue minimum",
  compares: "the notional of the order with the smallest the venue takes",
  unit: "quote currency",
  levels: ["venue"],
  may: ["deny"],
  limits: [],
  byDefault: "always on",
  judge: (s, o, allowed) => {
    const i = s.instrument;
    if (!i || s.lastPrice === null) return [];
    const value = notionalUp(allowed, limitMeasure(s, o));
    const small = value < i.minNotional;
    const base = { rule: "venue-minimum", level: "venue", unit: i.quote, before: "0", asked: toText(value), limit: toText(i.minNotional) } as const;
    return [
      small
        ? {
            ...base,
            outcome: "deny",
            allows: ZERO,
            reason: `${toText(allowed)} ${i.base} worth ${toText(value)} ${i.quote} is below the venue's minimum of ${toText(i.minNotional)} ${i.quote}`,
          }
        : { ...base, outcome: "pass", allows: null, reason: `above the venue's minimum of ${toText(i.minNotional)} ${i.quote}` },
    ];
  },
};
