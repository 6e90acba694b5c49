/** Names of the risk rules for people. An unknown rule shows its own name. */
const RULES: Readonly<Record<string, string>> = {
  "trading-state": "Trading allowed",
  "symbol-allow-list": "Allowed markets",
  "order-notional": "Order size",
  "position-notional": "Position size",
  "daily-loss": "Loss today",
  "orders-per-hour": "Orders this hour",
  "free-balance": "Free balance",
  "venue-minimum": "Venue minimum",
  "reduce-only": "Only reduces",
};

export function ruleName(rule: string): string {
  return RULES[rule] ?? rule;
}

/** Whose limit it is. */
export function levelName(level: string): string {
  if (level === "agent") return "this agent's limit";
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
