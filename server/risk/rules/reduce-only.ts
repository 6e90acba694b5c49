import { max, roundToStep, sub, toText, ZERO } from "@/server/shared";
import { lotOf, type RiskRule } from "./rule";

/** Spot: nothing can be sold that is not held and free. */
export const reduceOnly: RiskRule = {
  name: "reduce-only",
  title: "Only reduces",
  compares: "the quantity of a sell with what is held and no open sell claims",
  unit: "base currency",
  levels: ["agent"],
  may: ["reduce", "deny"],
  limits: [],
  byDefault: "always on",
  judge: (s, o) => {
    if (o.side === "buy") return [];
    const free = max(sub(s.quantity, s.claimedBySells), ZERO);
    const bound = roundToStep(free, lotOf(s), "down");
    const fits = o.quantity > 0n && o.quantity <= free;
    return [
      {
        rule: "reduce-only",
        level: "agent",
        outcome: fits ? "pass" : bound > 0n && o.quantity > 0n ? "reduce" : "deny",
        unit: s.instrument?.base ?? "",
        before: toText(s.quantity),
        asked: toText(o.quantity),
        limit: toText(free),
        allows: fits ? null : bound,
        reason: fits
          ? `${toText(o.quantity)} of ${toText(free)} free are sold`
          : o.quantity > 0n
            ? `${toText(o.quantity)} asked, but only ${toText(free)} are held and free`
            : `there is nothing to sell: no whole lot was asked for or is held (${toText(free)} are free)`,
      },
    ];
  },
};
