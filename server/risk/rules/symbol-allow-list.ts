import { owner, type RiskRule, words } from "./rule";

/** The agent's own symbols and the allow-lists of all levels. What is held may always be sold. */
export const symbolAllowList: RiskRule = {
  name: "symbol-allow-list",
  title: "Allowed markets",
  compares: "the market with the agent's own and with every list; a market without a price is refused; what is held may always be sold",
  unit: "",
  levels: ["venue", "agent", "farm", "workspace"],
  may: ["deny"],
  limits: ["allowedSymbols"],
  byDefault: "the agent's own markets",
  judge: (s, o) => {
    if (!s.instrument || s.lastPrice === null || s.lastPrice <= 0n) {
      const why = s.instrument ? `there is no price for ${o.symbol}` : `the venue does not know ${o.symbol}`;
      return [words("symbol-allow-list", "venue", true, { asked: o.symbol, limit: "" }, why)];
    }
    return s.levels.map(({ level, limits }) => {
      const list = level === "agent" ? s.symbols.filter((x) => limits.allowedSymbols?.includes(x) ?? true) : limits.allowedSymbols;
      const shown = { asked: o.symbol, limit: list ? list.join(" ") : "any" };
      if (o.side === "sell") return words("symbol-allow-list", level, false, shown, "sells only reduce, so the list does not bind");
      return list === null || list.includes(o.symbol)
        ? words("symbol-allow-list", level, false, shown, `${o.symbol} is on the list of ${owner(level)}`)
        : words("symbol-allow-list", level, true, shown, `${o.symbol} is not on the list of ${owner(level)}`);
    });
  },
};
