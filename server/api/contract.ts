/**
 * The API's words: zod schemas of every input, types of every answer. Routers parse the first and return the second;
 * pages and scripts import types from here only. Decimals travel as exact text, times as ms since 1970 UTC.
 */
import { z } from "zod";
import { evidenceInputs } from "./contract/evidence";
import { laterLimits, protectionsInput } from "./contract/risk-limits";

export * from "./contract/account";
export * from "./contract/agents";
export * from "./contract/connections";
export * from "./contract/decisions";
export * from "./contract/evidence";
export * from "./contract/market";
export * from "./contract/system";

import type { GoalProcedure } from "./contract/goals";
import type { PeopleProcedure } from "./contract/people";
import type { RiskProcedure } from "./contract/risk";
import type { WalletProcedure } from "./contract/wallets";

// ---- pieces -------------------------------------------------------------------

/** Zero or more; money with at most 6 decimals. */
export const moneyText = z.string().regex(/^\d{1,15}(\.\d{1,6})?$/, "must be zero or more, with at most 6 decimals");
export const positiveMoneyText = moneyText.refine((s) => /[1-9]/.test(s), "must be above zero");
export const uuid = z.uuid();
export const symbolText = z.string().regex(/^[A-Z0-9]{2,12}\/[A-Z0-9]{2,12}$/, "must look like BTC/USDT");
export const intervalSchema = z.enum(["1m", "5m", "15m", "1h", "4h", "1d"]);

/** Strict: an unknown limit name is refused, not ignored. */
export const limitsInput = z.strictObject({
  allowedSymbols: z.array(symbolText).min(1).max(32).nullable().default(null),
  maxOrderNotional: positiveMoneyText.nullable(),
  maxPositionNotional: positiveMoneyText.nullable(),
  maxDailyLoss: positiveMoneyText.nullable(),
  maxOrdersPerHour: z.int().min(1).max(1000).nullable(),
  ...laterLimits,
});

export const deciderInput = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("rules"),
    ruleSet: z.enum(["trend-follow", "mean-revert", "breakout", "hold"]),
    params: z.record(z.string().max(40), z.number().finite()).default({}),
  }),
  z.strictObject({ kind: z.literal("model"), model: z.string().min(1).max(80) }),
]);

export const agentInput = z.strictObject({
  name: z.string().trim().min(1, "must not be empty").max(60),
  symbols: z
    .array(symbolText)
    .min(1)
    .max(8)
    .refine((s) => new Set(s).size === s.length, "must not repeat"),
  mode: z.literal("paper", "live trading is not available yet: only paper"),
  trigger: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("interval"), interval: intervalSchema }),
    z.strictObject({ kind: z.literal("manual") }),
  ]),
  barInterval: intervalSchema.default("1h"),
  strategyText: z.string().max(8000).default(""),
  decider: deciderInput,
  limits: limitsInput,
  protections: protectionsInput,
  dailyModelCap: moneyText.default("1"),
  /** Hides symbols, dates and prices from a model. */
  masked: z.boolean().default(false),
  /** Default: one trigger interval. */
  settleAfterMs: z
    .int()
    .min(1000)
    .max(30 * 86_400_000)
    .optional(),
});

export const inputs = {
  /** Without a parent wallet: the treasury. */
  agentCreate: agentInput.extend({ capital: positiveMoneyText, parentNodeId: uuid.optional() }),
  agentUpdate: z.strictObject({ agentId: uuid, expectedVersion: z.int().min(1), config: agentInput }),
  accountDelete: z.strictObject({ confirm: z.literal("DELETE", "type DELETE") }),
  agentId: z.strictObject({ agentId: uuid }),
  agentStop: z.strictObject({ agentId: uuid }),
  agentKill: z.strictObject({ agentId: uuid, flatten: z.boolean() }),
  agentFund: z.strictObject({ agentId: uuid, amount: positiveMoneyText, key: z.string().min(8).max(80) }),
  decideNow: z.strictObject({ agentId: uuid, key: z.string().min(8).max(80) }),
  candles: z.strictObject({ agentId: uuid, symbol: symbolText, interval: intervalSchema, limit: z.int().min(1).max(1000).default(240) }),
  equity: z.strictObject({ agentId: uuid, points: z.int().min(2).max(2000).default(400) }),
  decisions: z.strictObject({
    agentId: uuid.optional(),
    filter: z.enum(["all", "with-orders", "vetoed", "settled"]).default("all"),
    cursor: z.string().max(120).optional(),
    /** tRPC's infinite queries send it with every page; only "forward" (older) exists. */
    direction: z.enum(["forward", "backward"]).optional(),
    limit: z.int().min(1).max(100).default(50),
  }),
  turnId: z.strictObject({ turnId: uuid }),
  runs: z.strictObject({
    status: z.enum(["all", "running", "completed", "failed", "cancelled"]).default("all"),
    cursor: uuid.optional(),
    direction: z.enum(["forward", "backward"]).optional(),
    limit: z.int().min(1).max(100).default(50),
  }),
  runId: z.strictObject({ runId: uuid }),
  modelKeySet: z.strictObject({
    provider: z.literal("anthropic"),
    key: z.string().min(20, "is too short for a key").max(300).regex(/^\S+$/, "must not contain spaces"),
  }),
  modelProvider: z.strictObject({ provider: z.literal("anthropic") }),
  modelTest: z.strictObject({ provider: z.literal("anthropic"), model: z.string().min(1).max(80), key: z.string().min(20).max(300).optional() }),
  apiKeyCreate: z.strictObject({
    name: z.string().trim().min(1).max(60),
    scopes: z.array(z.enum(["read", "trade", "admin"])).min(1),
    expiresInDays: z.int().min(1).max(365),
  }),
  apiKeyId: z.strictObject({ apiKeyId: uuid }),
  sessionId: z.strictObject({ sessionId: uuid }),
  workspaceKill: z.strictObject({ flatten: z.boolean() }),
  workspaceLimits: z.strictObject({ limits: limitsInput, dailyModelCap: moneyText }),
  connection: z.strictObject({ symbol: symbolText, source: z.enum(["installation", "binance", "coinbase", "kraken"]) }),
  ...evidenceInputs,
  empty: z.void(),
} as const;

export type AgentInput = z.input<typeof agentInput>;

// ---- views --------------------------------------------------------------------

export type MarketLabel = { kind: "simulated" | "files" | "exchange"; label: string };
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

export type CandleView = { t: number; o: string; h: string; l: string; c: string; v: string };
export type CandlesView = {
  symbol: string;
  interval: string;
  source: MarketLabel;
  tickDecimals: number;
  lotDecimals: number;
  candles: CandleView[];
  markers: { turnId: string; at: number; action: string; outcome: string | null; asked: string | null; filled: string | null }[];
};
export type EquityView = {
  currency: string;
  source: MarketLabel;
  points: { t: number; equity: string; hold: string }[];
  note: string;
  /** End of the training of the agent's model (ms): what came before it the model may remember. Null for rules, and where it is not published. */
  trainingCutoff: number | null;
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

export type ModelsView = {
  workspaceBudget: { cap: string; settled: string; reserved: string };
  providers: {
    provider: "anthropic";
    label: string;
    key: null | { hint: string; setAt: number };
    models: { id: string; label: string; inputPerMTok: string; outputPerMTok: string; contextTokens: number }[];
  }[];
  rules: {
    id: string;
    label: string;
    description: string;
    params: { name: string; label: string; default: number; min: number; max: number; step: number }[];
  }[];
  agents: { agentId: string; name: string; label: string; cap: string; settled: string; reserved: string }[];
};
export type SourceId = "installation" | "binance" | "coinbase" | "kraken";
export type ConnectionsView = {
  /** What the installation itself runs on. */
  installation: { label: string; kind: "simulated" | "files" | "exchange" };
  /** False while market time is not wall time: prices of now do not belong to it. */
  venuesUsable: boolean;
  /** No decision on prices older than this. */
  staleAfterMs: number;
  venues: { id: SourceId; label: string; requestsPerSecond: number; pausedUntil: number | null }[];
  symbols: ConnectionRow[];
};
export type ConnectionRow = {
  symbol: string;
  source: SourceId;
  sourceLabel: string;
  /** live = news has come within the stale threshold. */
  state: "simulated" | "recorded" | "connecting" | "live" | "stale" | "reconnecting";
  lastPrice: string | null;
  lastPriceAt: number | null;
  problem: string | null;
};
export type ConnectionTestView = {
  ok: boolean;
  latencyMs: number;
  lastPrice: string | null;
  bid: string | null;
  ask: string | null;
  newestBarAt: number | null;
  tickSize: string | null;
  minNotional: string | null;
  takerFeeBp: string | null;
  /** Why not, in words. */
  problem: string | null;
};
export type ModelTestView = {
  accepted: boolean;
  structured: boolean;
  latencyMs: number;
  cost: string;
  usage: { inputTokens: number; outputTokens: number };
  model: string;
  error: string | null;
};

export type ApiKeyView = {
  id: string;
  name: string;
  prefix: string;
  scopes: ("read" | "trade" | "admin")[];
  expiresAt: number;
  createdAt: number;
  lastUsedAt: number | null;
  revokedAt: number | null;
};
export type MeView = {
  userId: string;
  address: string | null;
  workspace: { id: string; name: string; role: "owner" | "trader" | "viewer" };
  isDemo: boolean;
  mode: "demo" | "development" | "production";
  via: "session" | "api-key";
  scopes: ("read" | "trade" | "admin")[];
  sessionId: string | null;
};
export type SessionView = { id: string; createdAt: number; expiresAt: number; userAgent: string | null; current: boolean };

export type SystemPart = {
  id: string;
  label: string;
  kind: "embedded" | "real" | "simulated";
  state: "up" | "degraded" | "down";
  detail: string;
  since: number | null;
};
export type SystemView = {
  build: string;
  mode: string;
  wallNow: number;
  marketNow: number;
  parts: SystemPart[];
  gaps: { agentId: string; agentName: string; from: number; to: number; count: number }[];
};

/** One run of a durable function. Times in wall ms. */
export type RunRow = {
  id: string;
  functionId: string;
  /** Name of the event that started it. */
  event: string;
  status: "running" | "completed" | "failed" | "cancelled";
  /** Whether it is this workspace's; the others are the product's own and carry nothing of a tenant. */
  own: boolean;
  reason: string | null;
  replayOf: string | null;
  tries: number;
  queuedAt: number;
  startedAt: number | null;
  endedAt: number | null;
};
export type RunStepView = {
  name: string;
  op: string;
  attempt: number;
  status: string;
  error: string | null;
  startedAt: number;
  endedAt: number | null;
};
export type RunView = RunRow & {
  eventData: string | null;
  output: string | null;
  steps: RunStepView[];
  canCancel: boolean;
  canReplay: boolean;
};
export type RunsView = { executor: "embedded" | "inngest"; rows: RunRow[]; nextCursor: string | null };

export type SymbolView = {
  symbol: string;
  base: string;
  quote: string;
  intervals: string[];
  lastPrice: string | null;
  minNotional: string;
  lotSize: string;
  tickSize: string;
  makerFeeBp: string;
  takerFeeBp: string;
};

/** What a person may do with their account now. */
export type AccountView = {
  address: string | null;
  workspaceName: string;
  /** Agents in the way of deleting it: each with what it is at. Empty = nothing is. */
  blockers: { agentId: string; name: string; reason: string }[];
  /** Why this account can never be deleted here; null = it can. */
  refused: string | null;
};

/** What a failed call carries in `error.data.product`. */
export type ApiErrorData = {
  code: string;
  field: string | null;
  retryAfterMs: number | null;
  requestId: string | null;
  data: Record<string, string | number | boolean | null> | null;
};

/**
 * Procedures (router.name · kind · input → answer · who):
 * me.get q empty → MeView · anyone signed in          me.sessions q → SessionView[] · session     me.revokeSession m sessionId → {ok:true} · session
 * market.symbols q → SymbolView[] · read               overview.get q → OverviewView · read
 * agents.list q → AgentRow[] · read                    agents.get q agentId → AgentDetail · read
 * agents.candles q candles → CandlesView · read        agents.equity q equity → EquityView · read
 * agents.create m agentCreate → {agentId} · trade      agents.update m agentUpdate → {configVersion} · trade
 * agents.start m agentId → {status} · trade            agents.stop m agentStop → {status} · trade
 * agents.archive m agentId → {status} · trade          agents.decideNow m decideNow → {turnId} · trade
 * agents.kill m agentKill → {status, turnId|null} · trade     agents.fund m agentFund · trade → {ok:true}   agents.collect m agentFund → {ok:true} · trade
 * agents.resume m agentId → {status} (halted → stopped) · trade
 * decisions.list q decisions → { rows: DecisionRow[]; nextCursor: string | null } · read
 * decisions.get q turnId → DecisionDetail · read       decisions.replay m turnId → ReplayView · read
 * models.get q → ModelsView · read                     models.setKey m modelKeySet → {hint} · admin
 * models.removeKey m modelProvider → {ok:true} · admin models.test m modelTest → ModelTestView · admin
 * apiKeys.list q → ApiKeyView[] · admin                apiKeys.create m apiKeyCreate → { key: string; view: ApiKeyView } · admin     apiKeys.revoke m apiKeyId → {ok:true} · admin
 * workspace.kill m workspaceKill → { halted: number; flattening: number } · trade     workspace.resume m → {tradingState} · trade
 * workspace.get q → { limits, dailyModelCap, tradingState, haltsNotStored } · read     workspace.setLimits m workspaceLimits → {ok:true} · admin
 * connections.get q → ConnectionsView · read            connections.set m connection → {ok:true} · admin     connections.test m connection → ConnectionTestView · admin
 * evidence.get q evidence → EvidenceView · read       evidence.requestLive m requestLive → LiveAnswerView · trade
 * evidence.gate q → GateView · read                    evidence.setGate m gate → {ok:true} · admin
 * system.get q → SystemView · read
 * runs.list q runs → RunsView · read                    runs.get q runId → RunView · read
 * runs.cancel m runId → {ok:true} · trade              runs.replay m runId → {runId} · trade
 * risk.*: contract/risk.ts                             wallets.*: contract/wallets.ts
 * account.get q → AccountView · session                account.delete m accountDelete → {ok:true} · session, owner
 */
export type ProcedureName =
  | RiskProcedure
  | PeopleProcedure
  | WalletProcedure
  | GoalProcedure
  | "me.get"
  | "me.sessions"
  | "me.revokeSession"
  | "market.symbols"
  | "overview.get"
  | "agents.list"
  | "agents.get"
  | "agents.candles"
  | "agents.equity"
  | "agents.create"
  | "agents.update"
  | "agents.start"
  | "agents.stop"
  | "agents.archive"
  | "agents.decideNow"
  | "agents.kill"
  | "agents.fund"
  | "agents.collect"
  | "agents.resume"
  | "decisions.list"
  | "decisions.get"
  | "decisions.replay"
  | "models.get"
  | "models.setKey"
  | "models.removeKey"
  | "models.test"
  | "apiKeys.list"
  | "apiKeys.create"
  | "apiKeys.revoke"
  | "workspace.kill"
  | "workspace.resume"
  | "workspace.get"
  | "workspace.setLimits"
  | "connections.get"
  | "connections.set"
  | "connections.test"
  | "evidence.get"
  | "evidence.requestLive"
  | "evidence.gate"
  | "evidence.setGate"
  | "system.get"
  | "runs.list"
  | "runs.get"
  | "runs.cancel"
  | "runs.replay"
  | "backtests.options"
  | "backtests.list"
  | "backtests.get"
  | "backtests.export"
  | "backtests.create"
  | "backtests.cancel"
  | "backtests.resume"
  | "backtests.delete"
  | "account.get"
  | "account.delete";
