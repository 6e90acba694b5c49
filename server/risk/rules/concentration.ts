import { toText } from "@/server/shared";
import { exposureAnswer, shareOf } from "./exposure-answer";
import { perLevel, type RiskRule } from "./rule";

export const concentration: RiskRule = {
  name: "concentration",
  title: "Share of one market",
  compares: "what is held of the market, open buys and this order together, with a share of equity",
  unit: "quote currency",
  levels: ["agent", "farm", "workspace"],
  may: ["reduce", "deny"],
  limits: ["maxSymbolPercent"],
  byDefault: "not set",
  judge: (s, o) =>
    perLevel(s, "maxSymbolPercent", (percent, level) =>
      exposureAnswer(
        "concentration",
        level,
        s,
        o,
        shareOf(level, percent),
        (symbol) => symbol === o.symbol,
        `the position in ${o.symbol}`,
        `, ${toText(percent)} % of equity`,
      ),
    ),
};
