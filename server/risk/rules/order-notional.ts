import { ZERO } from "@/server/shared";
import { notionalAnswer } from "./exposure-answer";
import { perLevel, type RiskRule } from "./rule";

export const orderNotional: RiskRule = {
  name: "order-notional",
  title: "Order size",
  compares: "the notional of one order",
  unit: "quote currency",
  levels: ["agent", "farm", "workspace"],
  may: ["reduce", "deny"],
  limits: ["maxOrderNotional"],
  byDefault: "not set; an agent needs this or the position limit",
  judge: (s, o) => perLevel(s, "maxOrderNotional", (limit, { level }) => notionalAnswer("order-notional", level, s, o, ZERO, limit, "one order")),
};
