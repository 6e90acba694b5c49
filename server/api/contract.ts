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

/**
 * Procedures (router.name · kind · input → answer · who):
 * me.get q empty → MeView · anyone signed in          me.sessions q → SessionView[] · session     me.revokeSession m sessionId → {ok:true} · session
 * market.symbols q → SymbolView[] · read               overview.get q → OverviewView · read
 * agents.list q → AgentRow[] · read                    agents.get q agentId → AgentDetail · read
 * agents.candles q candles → CandlesView · read        agents.equity q equity → EquityView · read
 * agents.create m agentCreate → {agentId} · trade      agents.update m agentUpdate → {configVersion} · trade
 * agents.start m agentId → {status} · trade            agents.stop m agentStop → {status} · trade
 * agents.archive m agentId → {status} · trade          agents.decideNow m decideNow → {turnId} · trade
 * agents.kill m agentKill → {status, turnId|null} · trade     agents.fund m agentFund → AgentMoneyView · trade   agents.collect m agentFund → AgentMoneyView · trade
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
