/** Names of the risk rules for people. An unknown rule shows its own name. */
const RULES: Readonly<Record<string, string>> = {
  "trading-state": "Trading allowed",
  session: "Trading session",
  "symbol-allow-list": "Allowed markets",
  "stale-price": "Age of the price",
  "price-collar": "Distance from the last close",
  "price-precision": "Price step",
  "self-crossing": "Own open orders",
  "reduce-only": "Only reduces",
  "order-notional": "Order size",
  "position-notional": "Position size",
  "gross-exposure": "All positions together",
  "exposure-share": "Share that is invested",
  "goal-budget": "What the goals allow",
  concentration: "Share of one market",
  sector: "Share of one sector",
  correlation: "Markets that move together",
  "depth-share": "Share of the book",
  "volume-share": "Share of the volume",
  "daily-loss": "Loss today",
  "orders-per-minute": "Orders this minute",
  "orders-per-hour": "Orders this hour",
  "stop-loss-guard": "Stop-loss guard",
  "max-drawdown": "Maximum drawdown",
  "low-profit-pairs": "Low-profit markets",
  "cooldown-period": "Cooldown",
  "free-balance": "Free balance",
  "quantity-precision": "Quantity step",
  "quantity-range": "Venue's smallest and largest",
  "venue-minimum": "Venue minimum",
  "order-minimum": "Smallest order",
  "duplicate-intent": "Same order again",
};

/** Rules that compare a value with a most that is allowed: those a bar can show. */
const BARS: ReadonlySet<string> = new Set([
  "stale-price",
  "price-collar",
  "reduce-only",
  "order-notional",
  "position-notional",
  "gross-exposure",
  "exposure-share",
  "goal-budget",
  "concentration",
  "sector",
  "correlation",
  "depth-share",
  "volume-share",
  "daily-loss",
  "orders-per-minute",
  "orders-per-hour",
  "max-drawdown",
  "free-balance",
]);
export const hasBar = (rule: string): boolean => BARS.has(rule);

export function ruleName(rule: string): string {
  return RULES[rule] ?? rule;
}

/** Whose limit it is. */
export function levelName(level: string): string {
  if (level === "agent") return "this agent's limit";
  if (level === "farm") return "the farm's limit";
  if (level === "workspace") return "the workspace's limit";
  return level === "venue" ? "the venue's rule" : level;
}

export type VerdictWord = { readonly word: string; readonly tone: "gain" | "warn" | "loss" | "" };

/** The verdict in one word, with the colour that repeats it. */
export function verdictWord(outcome: string): VerdictWord {
  if (outcome === "approve" || outcome === "pass") return { word: "Allowed", tone: outcome === "approve" ? "gain" : "" };
  if (outcome === "reduce") return { word: "Reduced", tone: "warn" };
  if (outcome === "deny") return { word: "Denied", tone: "loss" };
  return { word: "No order", tone: "" };
}
