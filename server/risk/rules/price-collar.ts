import { abs, sub } from "@/server/shared";
import { limitMeasure, perLevel, type RiskRule, words } from "./rule";

/** Keeps mistyped limit prices and runaway last prices out: the price must lie within so many basis points of the last closed bar's close. */
export const priceCollar: RiskRule = {
  name: "price-collar",
  title: "Distance from the reference",
  compares: "the limit price (for market orders the last price) with the close of the last closed bar",
  unit: "bps",
  levels: ["agent", "farm", "workspace"],
  may: ["deny"],
  limits: ["priceCollarBps"],
  byDefault: "not set",
  judge: (s, o) =>
    perLevel(s, "priceCollarBps", (limit, { level }) => {
      const reference = s.referencePrice();
      const price = limitMeasure(s, o);
      const buys = o.side === "buy";
      if (reference === null || reference <= 0n)
        return words(
          "price-collar",
          level,
          buys,
          { unit: "bps", asked: "", limit: String(limit) },
          buys ? "there is no closed bar to compare the price with" : "there is no closed bar to compare with, but this order only reduces",
        );
      // Compared exactly; shown rounded up, so that what is shown as the limit never was more than it.
      const distance = abs(sub(price, reference)) * 10_000n;
      const bps = String((distance + reference - 1n) / reference);
      const far = distance > BigInt(limit) * reference;
      const said = `the price is ${bps} bps from the last close, ${limit} are allowed`;
      return words(
        "price-collar",
        level,
        far && buys,
        { unit: "bps", before: "0", asked: bps, limit: String(limit) },
        far && !buys ? `${said}, but this order only reduces` : said,
      );
    }),
};
