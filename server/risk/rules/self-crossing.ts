import { type Fixed, min, toText } from "@/server/shared";
import { quoteOf, type RiskRule, words } from "./rule";

/** A buy that would meet a sell order of one's own in the same account. Sells only reduce and pass. */
export const selfCrossing: RiskRule = {
  name: "self-crossing",
  title: "Trading with oneself",
  compares: "the price of a buy with the own open sell orders of the account",
  unit: "quote currency",
  levels: ["agent"],
  may: ["deny"],
  limits: [],
  byDefault: "always on",
  judge: (s, o) => {
    if (o.side === "sell") return [];
    const own = s.openOrders.filter((x) => x.symbol === o.symbol && x.side === "sell");
    if (own.length === 0) return [];
    const asks = own.map((x) => x.limitPrice).filter((p): p is Fixed => p !== null);
    const lowest = asks.length > 0 ? asks.reduce((a, b) => min(a, b)) : null;
    // A market order takes whatever price there is, and a market sell gives any.
    const crosses = o.type === "market" || asks.length < own.length || (o.limitPrice !== null && lowest !== null && o.limitPrice >= lowest);
    const ask = lowest === null ? "market" : toText(lowest);
    const bid = o.type === "market" || o.limitPrice === null ? "market" : toText(o.limitPrice);
    const reason = crosses
      ? `a sell order of this account is open at ${ask}; a buy at ${bid} could trade with it`
      : `the account's own lowest sell is at ${ask}, above ${bid}`;
    return [words("self-crossing", "agent", crosses, { unit: quoteOf(s, o), before: ask, asked: bid, limit: ask }, reason)];
  },
};
