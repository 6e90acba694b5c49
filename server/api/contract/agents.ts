/** Agents, their money, orders and the overview: what pages show. Decimals travel as exact text, times as ms since 1970 UTC. */
import type { DecisionRow } from "./decisions";
import type { MarketLabel } from "./market";
import type { LimitsView, ProtectionView } from "./risk-limits";

export type AgentStatusView = "stopped" | "starting" | "running" | "stopping" | "halted" | "archived";

export type LimitView = {
  name:
    | "maxOrderNotional"
    | "maxPositionNotional"
    | "maxDailyLoss"
    | "maxOrdersPerHour"
    | "maxGrossNotional"
    | "maxGrossPercent"
    | "maxSymbolPercent";
  level: "agent" | "workspace";
  unit: string;
  value: string;
  limit: string;
};

export type PositionView = {
  symbol: string;
  base: string;
  quantity: string;
  averageEntry: string;
  mark: string | null;
  notional: string | null;
  unrealisedPnl: string | null;
  realisedPnl: string;
  feesPaid: string;
};

export type OrderView = {
  id: string;
  turnId: string | null;
  symbol: string;
  side: "buy" | "sell";
  type: "market" | "limit";
  quantity: string;
  limitPrice: string | null;
  filledQuantity: string;
  averagePrice: string | null;
  status: string;
  reason: string | null;
  at: number;
  expiresAt: number | null;
};

export type FillView = {
  id: string;
  orderId: string;
  symbol: string;
  side: "buy" | "sell";
  quantity: string;
  price: string;
  notional: string;
  fee: string;
  liquidity: "maker" | "taker";
  at: number;
};

export type AgentRow = {
  id: string;
  name: string;
  symbols: string[];
  mode: "paper";
  status: AgentStatusView;
  statusReason: string | null;
  tradingState: "active" | "reducing" | "halted";
  deciderLabel: string;
  deciderIsModel: boolean;
  trigger: string;
  currency: string;
  /** Equity, capital given, net return since start, buy-and-hold on the same money; decimals in `currency`, returns as fractions. */
  equity: string;
  capital: string;
  netPnl: string;
  netReturn: string | null;
  holdReturn: string | null;
  todayPnl: string;
  maxDrawdown: string | null;
  modelCostToday: string;
  decisions: number;
  lastDecision: DecisionRow | null;
  createdAt: number;
  /** Up to 40 equity values, oldest first. */
  spark: string[];
};

export type AgentDetail = AgentRow & {
  configVersion: number;
  config: {
    name: string;
    symbols: string[];
    mode: "paper";
    trigger: { kind: "interval"; interval: string } | { kind: "manual" };
    barInterval: string;
    strategyText: string;
    decider: { kind: "rules"; ruleSet: string; params: Record<string, number> } | { kind: "model"; model: string };
    limits: LimitsView;
    protections?: ProtectionView[];
    dailyModelCap: string;
    masked: boolean;
    settleAfterMs: number;
  };
  market: MarketLabel;
  marketNow: number;
  nextTickAt: number | null;
  cash: string;
  held: string;
  feesPaid: string;
  positions: PositionView[];
  openOrders: OrderView[];
  limits: LimitView[];
  modelBudget: { cap: string; settled: string; reserved: string };
  gaps: { from: number; to: number; count: number }[];
  currentTurn: { turnId: string; phase: string; at: number } | null;
};

export type EquityView = {
  currency: string;
  source: MarketLabel;
  points: { t: number; equity: string; hold: string }[];
  note: string;
  /** End of the training of the agent's model (ms): what came before it the model may remember. Null for rules, and where it is not published. */
  trainingCutoff: number | null;
};

export type OverviewView = {
  currency: string;
  market: MarketLabel;
  marketNow: number;
  equity: string;
  capital: string;
  netPnl: string;
  netReturn: string | null;
  holdReturn: string | null;
  today: { trading: string; fees: string; model: string; net: string };
  treasury: { free: string; allocated: string };
  tradingState: "active" | "reducing" | "halted";
  tradingReason: string | null;
  points: { t: number; equity: string; hold: string }[];
  agents: AgentRow[];
  feed: DecisionRow[];
  import: { done: number; total: number } | null;
};

/** What became of money for or from an agent: it moved, or a second person must agree to the movement first. */
export type AgentMoneyView = { ok: true; outcome: "moved" | "waits-for-approval"; movementId: string };
