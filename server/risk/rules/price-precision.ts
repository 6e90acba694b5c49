import { toText } from "@/server/shared";
import { quoteOf, type RiskRule, words } from "./rule";

/** A limit price must be a positive multiple of the venue's tick. */
export const pricePrecision: RiskRule = {
  name: "price-precision",
  title: "Price precision",
  compares: "the limit price with the venue's tick",
  unit: "quote currency",
  levels: ["venue"],
  may: ["deny"],
  limits: [],
  byDefault: "always on",
  judge: (s, o) => {
    const i = s.instrument;
    if (!i || o.type !== "limit") return [];
    const tick = toText(i.tickSize);
    const price = o.limitPrice;
    const bad = price === null || price <= 0n || price % i.tickSize !== 0n;
    const shown = { unit: quoteOf(s, o), asked: price === null ? "" : toText(price), limit: tick };
    return [
      words(
        "price-precision",
        "venue",
        bad,
        shown,
        bad ? `the limit price is not a positive multiple of ${tick}` : `a whole number of ticks of ${tick}`,
      ),
    ];
  },
};
