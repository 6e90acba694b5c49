import { toText } from "@/server/shared";
import { exposureAnswer, shareOf } from "./exposure-answer";
import { perLevel, type RiskRule } from "./rule";

const everything = (): boolean => true;

export const exposureShare: RiskRule = {
  name: "exposure-share",
  title: "Share that is invested",
  compares: "everything held, open buys and this order together, with a share of equity",
  unit: "quote currency",
  levels: ["agent", "farm", "workspace"],
  may: ["reduce", "deny"],
  limits: ["maxGrossPercent"],
  byDefault: "not set",
  judge: (s, o) =>
    perLevel(s, "maxGrossPercent", (percent, level) =>
      exposureAnswer(
        "exposure-share",
        level,
        s,
        o,
        shareOf(level, percent),
        everything,
        "all positions together",
        `, ${toText(percent)} % of equity`,
      ),
    ),
};
