import { add, max, ZERO } from "@/server/shared";
import { notionalUp } from "../notional";
import { notionalAnswer } from "./exposure-answer";
import { limitMeasure, perLevel, type RiskRule } from "./rule";

/** Held in this symbol, plus open buys, plus this order; for a farm or the workspace over all its agents. */
export const positionNotional: RiskRule = {
  name: "position-notional",
  title: "Position size",
  compares: "what is held of the market, open buys and this order together",
  unit: "quote currency",
  levels: ["agent", "farm", "workspace"],
  may: ["reduce", "deny"],
  limits: ["maxPositionNotional"],
  byDefault: "not set; an agent needs this or the order limit",
  judge: (s, o) =>
    perLevel(s, "maxPositionNotional", (limit, { level, symbolNotional }) => {
      const held = symbolNotional ?? notionalUp(s.quantity, max(limitMeasure(s, o), s.lastPrice ?? ZERO));
      return notionalAnswer("position-notional", level, s, o, add(held, s.openBuyNotional), limit, `the position in ${o.symbol}`);
    }),
};
