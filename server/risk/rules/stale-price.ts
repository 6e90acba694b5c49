import { perLevel, type RiskRule, words } from "./rule";

/** A decision on an old price is a decision on nothing: the last price may be only so old at the tick. */
export const stalePrice: RiskRule = {
  name: "stale-price",
  title: "Age of the price",
  compares: "the age of the last price at the decision",
  unit: "seconds",
  levels: ["agent", "farm", "workspace"],
  may: ["deny"],
  limits: ["maxPriceAgeSeconds"],
  byDefault: "not set",
  judge: (s, o) =>
    perLevel(s, "maxPriceAgeSeconds", (limit, { level }) => {
      const age = s.lastPriceAt === null ? null : Math.max(0, s.at - s.lastPriceAt);
      const old = age === null || age > limit * 1000;
      const seconds = age === null ? "" : String(Math.ceil(age / 1000));
      const said = age === null ? "nobody knows how old the last price is" : `the last price is ${seconds} seconds old, ${limit} are allowed`;
      const denied = old && o.side === "buy";
      const reason = old && !denied ? `${said}, but this order only reduces` : said;
      return words("stale-price", level, denied, { unit: "seconds", before: seconds, asked: seconds, limit: String(limit) }, reason);
    }),
};
