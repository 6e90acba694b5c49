import { roundToStep, toText, ZERO } from "@/server/shared";
import { baseOf, type RiskRule } from "./rule";

/** The venue's smallest and largest quantity of one order, for what the other rules have left. */
export const quantityRange: RiskRule = {
  name: "quantity-range",
  title: "Smallest and largest quantity",
  compares: "the quantity with the venue's smallest and largest",
  unit: "base currency",
  levels: ["venue"],
  may: ["reduce", "deny"],
  limits: [],
  byDefault: "always on",
  judge: (s, o, allowed) => {
    const i = s.instrument;
    if (!i) return [];
    const unit = baseOf(s, o);
    const base = {
      rule: "quantity-range",
      level: "venue",
      unit,
      before: "0",
      asked: toText(allowed),
      limit: toText(i.maxQuantity),
    } as const;
    if (allowed < i.minQuantity)
      return [
        {
          ...base,
          limit: toText(i.minQuantity),
          outcome: "deny",
          allows: ZERO,
          reason: `${toText(allowed)} ${unit} is below the venue's minimum of ${toText(i.minQuantity)}`,
        },
      ];
    if (allowed > i.maxQuantity) {
      const bound = roundToStep(i.maxQuantity, i.lotSize, "down");
      return [{ ...base, outcome: "reduce", allows: bound, reason: `the venue takes at most ${toText(i.maxQuantity)} ${unit} an order` }];
    }
    return [{ ...base, outcome: "pass", allows: null, reason: `between ${toText(i.minQuantity)} and ${toText(i.maxQuantity)} ${unit}` }];
  },
};
