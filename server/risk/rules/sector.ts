import { toText } from "@/server/shared";
import { sectorOf } from "../sectors";
import { exposureAnswer, shareOf } from "./exposure-answer";
import { perLevel, type RiskRule } from "./rule";

export const sector: RiskRule = {
  name: "sector",
  title: "Share of one sector",
  compares: "everything held of the market's sector, open buys and this order together, with a share of equity",
  unit: "quote currency",
  levels: ["agent", "farm", "workspace"],
  may: ["reduce", "deny"],
  limits: ["maxSectorPercent", "sectors"],
  byDefault: "not set",
  judge: (s, o) =>
    perLevel(s, "maxSectorPercent", (percent, level) => {
      const name = sectorOf(o.symbol, s.levels);
      return exposureAnswer(
        "sector",
        level,
        s,
        o,
        shareOf(level, percent),
        (symbol) => symbol === o.symbol || sectorOf(symbol, s.levels) === name,
        `the sector ${name}`,
        `, ${toText(percent)} % of equity`,
      );
    }),
};
