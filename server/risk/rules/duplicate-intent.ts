import { toText } from "@/server/shared";
import { owner, perLevel, type RiskRule, words } from "./rule";

/** The same order again: same symbol, side, quantity (after all other rules) and price within the window. Sells only reduce and pass. */
export const duplicateIntent: RiskRule = {
  name: "duplicate-intent",
  title: "Same order again",
  compares: "market, side, quantity and price with every order of the last while",
  unit: "seconds",
  levels: ["agent", "farm", "workspace"],
  may: ["deny"],
  limits: ["duplicateWindowSeconds"],
  byDefault: "not set",
  judge: (s, o, allowed) =>
    perLevel(s, "duplicateWindowSeconds", (seconds, { level, outer }) => {
      const price = o.type === "limit" ? o.limitPrice : null;
      // One of a later tick that was committed first counts, too.
      const same = s.recentOrders.filter(
        (x) =>
          (outer === undefined ? x.levels.includes(level) : (x.outer ?? []).includes(outer)) &&
          x.at > s.at - seconds * 1000 &&
          x.symbol === o.symbol &&
          x.side === o.side &&
          x.quantity === allowed &&
          x.limitPrice === price,
      );
      const last = same.length === 0 ? null : Math.max(...same.map((x) => x.at));
      const ago = last === null ? "" : String(Math.floor(Math.max(0, s.at - last) / 1000));
      const denied = last !== null && o.side === "buy";
      const reason =
        last === null
          ? `no order like it in the last ${seconds} seconds`
          : `${owner(level)} made the same order (${o.side} ${toText(allowed)} ${o.symbol}${price === null ? "" : ` at ${toText(price)}`}) ${ago} seconds ago, ` +
            `${seconds} must pass${denied ? "" : ", but this order only reduces"}`;
      return words("duplicate-intent", level, denied, { unit: "seconds", before: ago, asked: ago, limit: String(seconds) }, reason);
    }),
};
