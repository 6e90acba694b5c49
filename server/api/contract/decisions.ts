/** Decisions and their replays. Decimals travel as exact text, times as ms since 1970 UTC. */
import type { FillView, OrderView } from "./agents";
import type { MarketLabel } from "./market";

export type DecisionRow = {
  turnId: string;
  agentId: string;
  agentName: string;
  at: number;
  phase: string;
  trigger: "schedule" | "manual" | "flatten";
  action: string | null;
  symbol: string | null;
  asked: string | null;
  allowed: string | null;
  outcome: "approve" | "reduce" | "deny" | "no-order" | null;
  summary: string | null;
  reason: string | null;
  filledQuantity: string | null;
  fillPrice: string | null;
  netPnl: string | null;
  holdPnl: string | null;
  modelCost: string;
  settleAt: number | null;
};

export type StageView = { stage: "context" | "prompt" | "decision" | "verdict" | "intents"; hash: string };

export type DecisionDetail = {
  row: DecisionRow;
  agent: { id: string; name: string; currency: string; deciderLabel: string; deciderIsModel: boolean };
  build: string;
  configVersion: number;
  market: MarketLabel;
  tickId: string;
  timings: { phase: string; startMs: number; durationMs: number }[];
  trigger: { kind: "schedule" | "manual" | "flatten"; text: string };
  /** Symbols, dates and prices were hidden from the model: the context and its words name none of them. */
  masked: boolean;
  context: { id: string; title: string; source: string; trust: "exchange" | "own" | "agent" | "external"; at: number; text: string }[];
  model: null | {
    model: string;
    prompt: string;
    responses: string[];
    repaired: boolean;
    usage: { inputTokens: number; outputTokens: number };
    cost: string;
    reserved: string;
    latencyMs: number;
  };
  decision: null | {
    action: string;
    symbol: string;
    size: { unit: "quote" | "base"; amount: string } | null;
    orderType: string;
    limitPrice: string | null;
    stopLoss: string | null;
    takeProfit: string | null;
    confidence: number;
    horizonMs: number | null;
    reasoning: string;
  };
  /** What the agent's goals made of the decision; null when no goal took anything away. */
  goals: null | {
    change: "scaled" | "held-back" | "trimmed" | "none";
    asked: { action: string; symbol: string; size: { unit: "quote" | "base"; amount: string } | null };
    scale: string;
    maxExposurePercent: string | null;
    maxLossLeft: string | null;
    reasons: { goalId: string; rule: string; text: string }[];
  };
  verdict: null | {
    outcome: "approve" | "reduce" | "deny" | "no-order";
    askedQuantity: string;
    allowedQuantity: string;
    decidedBy: string | null;
    checks: {
      rule: string;
      level: string;
      outcome: "pass" | "reduce" | "deny";
      unit: string;
      before: string;
      asked: string;
      limit: string;
      reason: string;
    }[];
  };
  intents: {
    clientOrderId: string;
    symbol: string;
    side: "buy" | "sell";
    type: "market" | "limit";
    quantity: string;
    limitPrice: string | null;
    reduceOnly: boolean;
  }[];
  orders: OrderView[];
  fills: FillView[];
  postings: { transactionId: string; kind: string; account: string; currency: string; amount: string }[];
  outcome: null | { settledAt: number; realisedPnl: string; markPnl: string; feesPaid: string; netPnl: string; holdPnl: string };
  stages: StageView[];
  recordHash: string | null;
  previousTurnId: string | null;
  nextTurnId: string | null;
};

export type ReplayView =
  | { result: "identical"; stages: (StageView & { replayed: string })[]; build: string; durationMs: number }
  | {
      result: "different";
      stage: string;
      codeChanged: boolean;
      recordedBuild: string;
      build: string;
      field: string;
      recorded: string;
      replayed: string;
      stages: (StageView & { replayed: string })[];
      durationMs: number;
    }
  | { result: "cannot"; missing: string };
