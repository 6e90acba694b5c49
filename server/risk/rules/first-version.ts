import { min, roundToStep, toText, ZERO } from "@/server/shared";
import { notionalUp } from "../notional";
import { dailyLoss } from "./daily-loss";
import { freeBalance } from "./free-balance";
import { orderNotional } from "./order-notional";
import { ordersPerHour } from "./order-rate";
import { positionNotional } from "./position-notional";
import { reduceOnly } from "./reduce-only";
import type { RiskRule } from "./rule";
import { symbolAllowList } from "./symbol-allow-list";
import { tradingState } from "./trading-state";
import { venueMinimum } from "./venue-minimum";

/** The venue's minimum, maximum and steps as one rule, as they were judged at first. */
const venueLimits: RiskRule = {
  ...venueMinimum,
  may: ["reduce", "deny"],
  judge: (s, o, allowed) => {
    const i = s.instrument;
    if (!i || s.lastPrice === null) return [];
    const bounded = roundToStep(min(allowed, i.maxQuantity), i.lotSize, "down");
    const price = o.type === "limit" && o.limitPrice !== null ? o.limitPrice : s.lastPrice;
    const value = notionalUp(bounded, price);
    const badStep = o.type === "limit" && (o.limitPrice === null || o.limitPrice <= 0n || o.limitPrice % i.tickSize !== 0n);
    const tooSmall = bounded < i.minQuantity || value < i.minNotional;
    const common = { rule: "venue-minimum", level: "venue", unit: i.quote, before: "0", asked: toText(value), limit: toText(i.minNotional) } as const;
    if (badStep) return [{ ...common, outcome: "deny", allows: ZERO, reason: `the limit price is not a positive multiple of ${toText(i.tickSize)}` }];
    if (tooSmall) {
      const what = `${toText(bounded)} ${i.base} worth ${toText(value)} ${i.quote}`;
      return [
        {
          ...common,
          outcome: "deny",
          allows: ZERO,
          reason: `${what} is below the venue's minimum of ${toText(i.minQuantity)} or ${toText(i.minNotional)} ${i.quote}`,
        },
      ];
    }
    if (bounded < allowed)
      return [
        {
          ...common,
          outcome: "reduce",
          allows: bounded,
          reason: `the venue takes whole lots of ${toText(i.lotSize)}, at most ${toText(i.maxQuantity)} ${i.base} an order`,
        },
      ];
    return [{ ...common, outcome: "pass", allows: null, reason: `above the venue's minimum of ${toText(i.minNotional)} ${i.quote}` }];
  },
};

/** The rules by which turns were judged whose inputs were recorded in the first version: a replay of one says again what was said then. */
export const FIRST_RULES: readonly RiskRule[] = [
  tradingState,
  symbolAllowList,
  reduceOnly,
  orderNotional,
  positionNotional,
  dailyLoss,
  ordersPerHour,
  freeBalance,
  venueLimits,
];
