import { max, ONE, toText, ZERO } from "@/server/shared";
import { notionalUp, quantityWithin } from "../notional";
import { reserveForBuy } from "../reserve-for-buy";
import type { RiskRule } from "./rule";

/** Cash must cover the worst price and the fee before a buy is sent; what open orders hold is not free. */
export const freeBalance: RiskRule = {
  name: "free-balance",
  title: "Free balance",
  compares: "the worst price with fees with the cash that no open order holds",
  unit: "quote currency",
  levels: ["agent"],
  may: ["reduce", "deny"],
  limits: [],
  byDefault: "always on",
  judge: (s, o, allowed) => {
    if (o.side === "sell" || !s.instrument || s.lastPrice === null) return [];
    // The same number that the ledger holds and the venue reserves, for one unit; absurd quantities stay out of its range.
    const unitCost = reserveForBuy({
      type: o.type,
      limitPrice: o.limitPrice,
      quantity: ONE,
      lastPrice: s.lastPrice,
      takerFee: s.instrument.takerFee,
    });
    const need = notionalUp(allowed, unitCost);
    const unit = s.instrument.quote;
    const fits = need <= s.cash;
    const bound = fits ? null : quantityWithin(max(s.cash, ZERO), unitCost, s.instrument.lotSize);
    return [
      {
        rule: "free-balance",
        level: "agent",
        outcome: fits ? "pass" : bound !== null && bound > 0n ? "reduce" : "deny",
        unit,
        before: toText(s.cash),
        asked: toText(need),
        limit: toText(s.cash),
        allows: bound,
        reason: fits
          ? `${toText(need)} ${unit} at the worst price with fees, ${toText(s.cash)} are free`
          : `the order needs ${toText(need)} ${unit} at the worst price with fees, only ${toText(s.cash)} are free`,
      },
    ];
  },
};
