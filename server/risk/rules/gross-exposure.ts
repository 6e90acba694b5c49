import { exposureAnswer } from "./exposure-answer";
import { perLevel, type RiskRule } from "./rule";

const everything = (): boolean => true;

export const grossExposure: RiskRule = {
  name: "gross-exposure",
  title: "All positions together",
  compares: "everything held, open buys and this order together",
  unit: "quote currency",
  levels: ["agent", "farm", "workspace"],
  may: ["reduce", "deny"],
  limits: ["maxGrossNotional"],
  byDefault: "not set",
  judge: (s, o) =>
    perLevel(s, "maxGrossNotional", (limit, level) => exposureAnswer("gross-exposure", level, s, o, limit, everything, "all positions together")),
};
