import { quantityShare } from "./quantity-share";
import { perLevel, type RiskRule, words } from "./rule";

/** Binds only where the venue shows a book: a market of candles has none. */
export const depthShare: RiskRule = {
  name: "depth-share",
  title: "Share of the book",
  compares: "the quantity of a buy with a share of what the venue's book offers; where no book is known it says so and passes",
  unit: "base currency",
  levels: ["agent", "farm", "workspace"],
  may: ["reduce", "deny"],
  limits: ["maxDepthPercent"],
  byDefault: "not set",
  judge: (s, o) =>
    perLevel(s, "maxDepthPercent", (percent, { level }) =>
      s.depth === null
        ? words("depth-share", level, false, { asked: "", limit: "" }, "no order book is known here, so there is no depth to compare with")
        : quantityShare("depth-share", level, s, o, percent, s.depth, "the book's depth"),
    ),
};
