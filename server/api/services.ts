import type { z } from "zod";
import type { AgentService } from "@/server/agents";
import type { Caller } from "@/server/auth/auth-service";
import type { TenantScope } from "@/server/shared";
import type * as v from "./contract";
import type * as b from "./contract/backtests";
import type { LiveGoalService } from "./services-live/goal-service";
import type { LivePeopleService } from "./services-live/people-service";
import type { LiveRiskService } from "./services-live/risk/risk-service";
import type { LiveWalletService } from "./services-live/wallets/wallet-service";

type In<K extends keyof typeof v.inputs> = z.output<(typeof v.inputs)[K]>;

/** Read models: one call a page part, nothing written. */
export interface Queries {
  symbols(scope: TenantScope): Promise<v.SymbolView[]>;
  overview(scope: TenantScope): Promise<v.OverviewView>;
  agentRows(scope: TenantScope): Promise<v.AgentRow[]>;
  agentDetail(scope: TenantScope, agentId: string): Promise<v.AgentDetail>;
  candles(scope: TenantScope, input: In<"candles">): Promise<v.CandlesView>;
  equity(scope: TenantScope, input: In<"equity">): Promise<v.EquityView>;
  decisions(scope: TenantScope, input: In<"decisions">): Promise<{ rows: v.DecisionRow[]; nextCursor: string | null }>;
  decisionDetail(scope: TenantScope, turnId: string): Promise<v.DecisionDetail>;
  models(scope: TenantScope): Promise<v.ModelsView>;
  system(scope: TenantScope): Promise<v.SystemView>;
}

export interface ReplayService {
  replay(scope: TenantScope, turnId: string): Promise<v.ReplayView>;
}

export interface ModelKeyService {
  set(scope: TenantScope, input: In<"modelKeySet">): Promise<{ hint: string }>;
  remove(scope: TenantScope, provider: "anthropic"): Promise<void>;
  /** Spends through the budget; a given key is tried without being stored. */
  test(scope: TenantScope, input: In<"modelTest">): Promise<v.ModelTestView>;
}

export interface ApiKeyService {
  list(scope: TenantScope): Promise<v.ApiKeyView[]>;
  create(caller: Caller, input: In<"apiKeyCreate">): Promise<{ key: string; view: v.ApiKeyView }>;
  revoke(scope: TenantScope, apiKeyId: string): Promise<void>;
}

export interface SessionService {
  list(caller: Caller): Promise<v.SessionView[]>;
  revoke(caller: Caller, sessionId: string): Promise<void>;
}

export interface WorkspaceService {
  get(scope: TenantScope): Promise<{
    limits: v.AgentDetail["config"]["limits"];
    dailyModelCap: string;
    tradingState: string;
    haltsNotStored: { agentId: string | null; problem: string }[];
  }>;
  setLimits(scope: TenantScope, input: In<"workspaceLimits">): Promise<void>;
  rename(scope: TenantScope, name: string): Promise<void>;
}

export interface ConnectionService {
  get(scope: TenantScope): Promise<v.ConnectionsView>;
  /** Throws SOURCE_IN_USE, SOURCE_UNAVAILABLE, UNKNOWN_SYMBOL, and what the venue's feed throws. */
  set(scope: TenantScope, input: In<"connection">): Promise<void>;
  /** Asks the venue now; a failure is an answer, not an error. */
  test(input: In<"connection">): Promise<v.ConnectionTestView>;
}

export interface EvidenceService {
  get(scope: TenantScope, agentId: string): Promise<v.EvidenceView>;
  /** Throws GATE_NOT_MET with the numbers; `confirm` = the agent's name overrides. See LiveEvidenceService. */
  requestLive(scope: TenantScope, input: In<"requestLive">): Promise<v.LiveAnswerView>;
  gate(scope: TenantScope): Promise<v.GateView>;
  setGate(scope: TenantScope, rules: In<"gate">): Promise<void>;
}

export interface RunService {
  list(scope: TenantScope, input: In<"runs">): Promise<v.RunsView>;
  get(scope: TenantScope, runId: string): Promise<v.RunView>;
  cancel(scope: TenantScope, runId: string): Promise<void>;
  replay(scope: TenantScope, runId: string): Promise<{ runId: string }>;
}

type BacktestIn<K extends keyof typeof b.backtestInputs> = z.output<(typeof b.backtestInputs)[K]>;

export interface BacktestService {
  options(scope: TenantScope): Promise<b.BacktestOptions>;
  /** Throws, naming the field, what no backtest can be made of; TOO_MANY_BACKTESTS. */
  create(scope: TenantScope, input: BacktestIn<"backtestCreate">): Promise<{ backtestId: string }>;
  list(scope: TenantScope, input: BacktestIn<"backtests">): Promise<b.BacktestsView>;
  get(scope: TenantScope, backtestId: string): Promise<b.BacktestView>;
  export(scope: TenantScope, backtestId: string, format: BacktestIn<"backtestExport">["format"]): Promise<b.BacktestExport>;
  cancel(scope: TenantScope, backtestId: string): Promise<void>;
  resume(scope: TenantScope, backtestId: string): Promise<void>;
  remove(scope: TenantScope, backtestId: string): Promise<void>;
}

export interface AccountService {
  get(caller: Caller): Promise<v.AccountView>;
  /** Everything in the workspace but keys, one JSON value a line; the last line says how many there were. Audited. */
  export(caller: Caller): AsyncGenerator<string>;
  /** Throws ACCOUNT_BUSY, ACCOUNT_NEEDED, OWNER_REQUIRED, WORKSPACE_SHARED. */
  delete(caller: Caller): Promise<void>;
}

/** What the routers call; made by server/container. */
export type Services = {
  readonly mode: v.MeView["mode"];
  readonly agents: AgentService;
  readonly queries: Queries;
  readonly replay: ReplayService;
  readonly modelKeys: ModelKeyService;
  readonly apiKeys: ApiKeyService;
  readonly sessions: SessionService;
  readonly workspace: WorkspaceService;
  readonly connections: ConnectionService;
  readonly evidence: EvidenceService;
  readonly runs: RunService;
  readonly backtests: BacktestService;
  readonly account: AccountService;
  readonly risk: LiveRiskService;
  readonly people: LivePeopleService;
  readonly wallets: LiveWalletService;
  readonly goals: LiveGoalService;
  readonly limitMutations: (client: string) => Promise<void>;
};
