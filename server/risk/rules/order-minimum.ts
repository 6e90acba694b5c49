import { toText } from "@/server/shared";
import { notionalUp } from "../notional";
import { limitMeasure, owner, perLevel, quoteOf, type RiskRule, words } from "./rule";

/** A smallest order of one's own, above the venue's: small orders are all fees. Sells only reduce and pass. */
export const orderMinimum: RiskRule = {
  name: "order-minimum",
  title: "Smallest order",
  compares: "the notional of what the other rules have left of a buy",
  unit: "quote currency",
  levels: ["agent", "farm", "workspace"],
  may: ["deny"],
  limits: ["minOrderNotional"],
  byDefault: "not set",
  judge: (s, o, allowed) =>
    perLevel(s, "minOrderNotional", (limit, { level }) => {
      const value = notionalUp(allowed, limitMeasure(s, o));
      const unit = quoteOf(s, o);
      const small = value < limit;
      const said = `the order would be ${toText(value)} ${unit}, ${owner(level)} wants at least ${toText(limit)}`;
      return words(
        "order-minimum",
        level,
        small && o.side === "buy",
        { unit, before: "0", asked: toText(value), limit: toText(limit) },
        small && o.side === "sell" ? `${said}, but this order only reduces` : said,
      );
    }),
};
