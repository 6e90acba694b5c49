import { roundToStep, toText } from "@/server/shared";
import { baseOf, type RiskRule } from "./rule";

/** The venue takes whole lots: what is over is cut off. */
export const quantityPrecision: RiskRule = {
  name: "quantity-precision",
  title: "Quantity precision",
  compares: "the quantity with the venue's lot",
  unit: "base currency",
  levels: ["venue"],
  may: ["reduce", "deny"],
  limits: [],
  byDefault: "always on",
  judge: (s, o, allowed) => {
    const lot = s.instrument?.lotSize;
    if (!lot) return [];
    const whole = roundToStep(allowed, lot, "down");
    const fits = whole === allowed;
    return [
      {
        rule: "quantity-precision",
        level: "venue",
        outcome: fits ? "pass" : whole > 0n ? "reduce" : "deny",
        unit: baseOf(s, o),
        before: "",
        asked: toText(allowed),
        limit: toText(lot),
        allows: fits ? null : whole,
        reason: fits ? `a whole number of lots of ${toText(lot)}` : `the venue takes whole lots of ${toText(lot)}`,
      },
    ];
  },
};
