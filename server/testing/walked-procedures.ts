import { randomUUID } from "node:crypto";
import type { ProcedureName } from "@/server/api/contract";
import type { Access } from "@/server/api/trpc";

/** Ids of the first tenant that the walk names. */
export type Ids = {
  agentId: string;
  turnId: string;
  apiKeyId: string;
  runId: string;
  sessionId: string;
  configVersion: number;
  shockId: string;
  alertId: string;
  decisionId: string;
  waitingBacktest: string;
  doneBacktest: string;
  /** Somebody else of the first workspace, an invitation into it, and one of its owner into another. */
  memberId: string;
  invitationId: string;
  invitedId: string;
  workspaceId: string;
  /** The agent's wallet, a goal of it, a change of that, and a proposal. */
  nodeId: string;
  goalId: string;
  changeId: string;
  proposalId: string;
} & WalletIds;
/** Ids of the wallet tree that the walk names. */
export type WalletIds = {
  masterId: string;
  farmId: string;
  vaultId: string;
  movementId: string;
  askedId: string;
  recallId: string;
  rebalanceId: string;
};
/** How a procedure is guarded, and a call of it. */
export type WalkedProcedure = {
  readonly access: Access;
  readonly input?: (ids: Ids) => unknown;
  /** What another tenant gets who names the first one's ids: nothing to find, or their own (empty) part. */
  readonly foreign: "not-found" | "own";
};

export const AGENT_FORM = {
  name: "Alpha",
  symbols: ["BTC/USDT"],
  mode: "paper",
  trigger: { kind: "interval", interval: "1h" },
  strategyText: "",
  decider: { kind: "rules", ruleSet: "trend-follow", params: {} },
  limits: { maxOrderNotional: "5000", maxPositionNotional: "8000", maxDailyLoss: "1000", maxOrdersPerHour: 10 },
} as const;

const SOMEBODY = "0x000000000000000000000000000000000000dEaD";

export const BACKTEST_FORM = {
  kind: "single",
  name: "A backtest of the first tenant",
  spec: {
    interval: "1h",
    from: Date.UTC(2026, 9, 1),
    to: Date.UTC(2026, 9, 20),
    capital: "1000",
    agents: [{ name: "Trend", symbols: ["BTC/USDT"], ruleSet: "trend-follow" }],
  },
} as const;

const goalId = ({ goalId }: Ids) => ({ goalId });
const goalForm = ({ nodeId }: Ids) => ({ nodeId, kind: "profit" as const, unit: "percent" as const, target: "5" });
const agentId = ({ agentId }: Ids) => ({ agentId });
const toFarm = ({ masterId, farmId }: Ids) => ({ fromNodeId: masterId, toNodeId: farmId, amount: "3" });
const waitingBacktest = ({ waitingBacktest }: Ids) => ({ backtestId: waitingBacktest });
const runId = ({ runId }: Ids) => ({ runId });
const money = ({ agentId }: Ids) => ({ agentId, amount: "10", key: "walk-key-1" });

/** Every procedure of the API: who may call it, and a call of it. A procedure that is not here fails the walk. */
export const PROCEDURES: Readonly<Record<ProcedureName, WalkedProcedure>> = {
  "me.get": { access: "any", foreign: "own" },
  "me.sessions": { access: "session", foreign: "own" },
  "me.revokeSession": { access: "session", input: ({ sessionId }) => ({ sessionId }), foreign: "not-found" },
  "market.symbols": { access: "read", foreign: "own" },
  "overview.get": { access: "read", foreign: "own" },
  "agents.list": { access: "read", foreign: "own" },
  "agents.get": { access: "read", input: agentId, foreign: "not-found" },
  "agents.candles": { access: "read", input: ({ agentId }) => ({ agentId, symbol: "BTC/USDT", interval: "1h" }), foreign: "not-found" },
  "agents.equity": { access: "read", input: agentId, foreign: "not-found" },
  "agents.create": { access: "trade", input: () => ({ ...AGENT_FORM, name: "Another", capital: "100" }), foreign: "own" },
  "agents.update": {
    access: "trade",
    input: ({ agentId, configVersion }) => ({ agentId, expectedVersion: configVersion, config: AGENT_FORM }),
    foreign: "not-found",
  },
  "agents.fund": { access: "trade", input: money, foreign: "not-found" },
  "agents.collect": { access: "trade", input: money, foreign: "not-found" },
  "agents.start": { access: "trade", input: agentId, foreign: "not-found" },
  "agents.stop": { access: "trade", input: agentId, foreign: "not-found" },
  "agents.decideNow": { access: "trade", input: ({ agentId }) => ({ agentId, key: "walk-key-2" }), foreign: "not-found" },
  "agents.kill": { access: "trade", input: ({ agentId }) => ({ agentId, flatten: true }), foreign: "not-found" },
  "agents.resume": { access: "trade", input: agentId, foreign: "not-found" },
  "agents.archive": { access: "trade", input: agentId, foreign: "not-found" },
  "decisions.list": { access: "read", input: agentId, foreign: "own" },
  "decisions.get": { access: "read", input: ({ turnId }) => ({ turnId }), foreign: "not-found" },
  "decisions.replay": { access: "read", input: ({ turnId }) => ({ turnId }), foreign: "not-found" },
  "models.get": { access: "read", foreign: "own" },
  "models.setKey": { access: "admin", input: () => ({ provider: "anthropic", key: `sk-ant-${randomUUID()}` }), foreign: "own" },
  "models.test": { access: "admin", input: () => ({ provider: "anthropic", model: "claude-haiku-4-5" }), foreign: "own" },
  "models.removeKey": { access: "admin", input: () => ({ provider: "anthropic" }), foreign: "own" },
  "apiKeys.list": { access: "admin", foreign: "own" },
  "apiKeys.create": { access: "admin", input: () => ({ name: "walk", scopes: ["read"], expiresInDays: 1 }), foreign: "own" },
  "apiKeys.revoke": { access: "admin", input: ({ apiKeyId }) => ({ apiKeyId }), foreign: "not-found" },
  "workspace.get": { access: "read", foreign: "own" },
  "workspace.setLimits": { access: "admin", input: () => ({ limits: AGENT_FORM.limits, dailyModelCap: "3" }), foreign: "own" },
  "workspace.rename": { access: "admin", input: () => ({ name: "Another name" }), foreign: "own" },
  "workspace.kill": { access: "trade", input: () => ({ flatten: false }), foreign: "own" },
  "workspace.resume": { access: "trade", foreign: "own" },
  "connections.get": { access: "read", foreign: "own" },
  "connections.set": { access: "admin", input: () => ({ symbol: "ETH/USDT", source: "installation" }), foreign: "own" },
  "connections.test": { access: "admin", input: () => ({ symbol: "ETH/USDT", source: "installation" }), foreign: "own" },
  "evidence.get": { access: "read", input: agentId, foreign: "not-found" },
  "evidence.requestLive": { access: "trade", input: agentId, foreign: "not-found" },
  "evidence.gate": { access: "read", foreign: "own" },
  "evidence.setGate": { access: "admin", input: () => ({ enabled: true, minTrades: 40, minDeflatedSharpe: 0.9 }), foreign: "own" },
  "system.get": { access: "read", foreign: "own" },
  "runs.list": { access: "read", input: () => ({ limit: 100 }), foreign: "own" },
  "runs.get": { access: "read", input: runId, foreign: "not-found" },
  "runs.cancel": { access: "trade", input: runId, foreign: "not-found" },
  "runs.replay": { access: "trade", input: runId, foreign: "not-found" },
  "risk.portfolio": { access: "read", input: ({ agentId }) => ({ agentId }), foreign: "not-found" },
  "risk.limits": { access: "read", foreign: "own" },
  "risk.addShock": { access: "trade", input: () => ({ name: "A fall", shock: { kind: "price", change: -0.3 } }), foreign: "own" },
  "risk.removeShock": { access: "trade", input: ({ shockId }) => ({ shockId }), foreign: "not-found" },
  "risk.breakers": { access: "read", foreign: "own" },
  "risk.setBreaker": { access: "admin", input: ({ agentId }) => ({ agentId, kind: "drawdown", setting: null }), foreign: "not-found" },
  "risk.resume": { access: "trade", input: agentId, foreign: "not-found" },
  "risk.check": { access: "trade", foreign: "own" },
  "risk.alerts": { access: "read", input: () => ({}), foreign: "own" },
  "risk.acknowledge": { access: "trade", input: ({ alertId }) => ({ alertId }), foreign: "not-found" },
  "risk.decisions": { access: "read", foreign: "own" },
  "risk.replay": { access: "read", input: ({ decisionId }) => ({ decisionId }), foreign: "not-found" },
  "risk.vetoes": { access: "read", input: agentId, foreign: "own" },
  "wallets.tree": { access: "read", input: () => ({}), foreign: "own" },
  "wallets.children": { access: "read", input: ({ masterId }) => ({ nodeId: masterId }), foreign: "not-found" },
  "wallets.node": { access: "read", input: ({ farmId }) => ({ nodeId: farmId }), foreign: "not-found" },
  "wallets.statement": { access: "read", input: ({ farmId }) => ({ nodeId: farmId }), foreign: "own" },
  "wallets.statementCsv": { access: "read", input: ({ farmId }) => ({ nodeId: farmId }), foreign: "own" },
  "wallets.preview": { access: "read", input: (ids) => ({ orders: [{ ...toFarm(ids), kind: "allocate" }] }), foreign: "not-found" },
  "wallets.create": {
    access: "trade",
    input: ({ masterId }) => ({ kind: "farm", name: "A new farm", parentId: masterId, strategy: "custom" }),
    foreign: "not-found",
  },
  "wallets.rename": { access: "trade", input: ({ farmId }) => ({ nodeId: farmId, name: "Renamed" }), foreign: "not-found" },
  "wallets.place": { access: "admin", input: ({ farmId, masterId }) => ({ nodeId: farmId, parentId: masterId }), foreign: "not-found" },
  "wallets.close": { access: "trade", input: ({ vaultId }) => ({ nodeId: vaultId }), foreign: "not-found" },
  "wallets.setRules": { access: "admin", input: ({ farmId }) => ({ nodeId: farmId, rules: { reserve: "1" } }), foreign: "not-found" },
  "wallets.setFarm": {
    access: "admin",
    input: ({ farmId }) => ({ nodeId: farmId, limits: AGENT_FORM.limits, tradingState: "active", strategy: "momentum" }),
    foreign: "not-found",
  },
  "wallets.move": { access: "trade", input: (ids) => ({ ...toFarm(ids), kind: "allocate", key: "walk-key-3" }), foreign: "not-found" },
  "wallets.recall": {
    access: "trade",
    input: ({ farmId, masterId }) => ({ fromNodeId: farmId, toNodeId: masterId, amount: "2", key: "walk-key-4" }),
    foreign: "not-found",
  },
  "wallets.cancelRecall": { access: "trade", input: ({ recallId }) => ({ movementId: recallId }), foreign: "not-found" },
  "wallets.undo": { access: "trade", input: ({ movementId }) => ({ movementId }), foreign: "not-found" },
  "wallets.decide": { access: "owner", input: ({ askedId }) => ({ movementId: askedId, agreed: false }), foreign: "not-found" },
  "wallets.rebalancePreview": { access: "read", input: ({ masterId }) => ({ nodeId: masterId, params: { policy: "equal" } }), foreign: "not-found" },
  "wallets.rebalance": {
    access: "trade",
    input: ({ masterId }) => ({ nodeId: masterId, params: { policy: "equal" }, previewHash: "stale" }),
    foreign: "not-found",
  },
  "wallets.acceptRebalance": { access: "owner", input: ({ rebalanceId }) => ({ rebalanceId }), foreign: "not-found" },
  "wallets.setRebalance": {
    access: "trade",
    input: ({ masterId }) => ({ nodeId: masterId, params: { policy: "equal" }, schedule: "daily", apply: false }),
    foreign: "not-found",
  },
  "backtests.options": { access: "read", foreign: "own" },
  "backtests.list": { access: "read", input: () => ({ limit: 100 }), foreign: "own" },
  "backtests.get": { access: "read", input: waitingBacktest, foreign: "not-found" },
  "backtests.export": { access: "read", input: ({ doneBacktest }) => ({ backtestId: doneBacktest, format: "json" }), foreign: "not-found" },
  "backtests.create": { access: "trade", input: ({ farmId }) => ({ ...BACKTEST_FORM, limitsAbove: { farmId } }), foreign: "not-found" },
  "backtests.cancel": { access: "trade", input: waitingBacktest, foreign: "not-found" },
  "backtests.resume": { access: "trade", input: waitingBacktest, foreign: "not-found" },
  "backtests.delete": { access: "trade", input: ({ doneBacktest }) => ({ backtestId: doneBacktest }), foreign: "not-found" },
  "me.invitations": { access: "session", foreign: "own" },
  "me.answerInvitation": { access: "session", input: ({ invitedId }) => ({ invitationId: invitedId, accept: true }), foreign: "not-found" },
  "me.onChain": { access: "session", foreign: "own" },
  "me.workspaces": { access: "session", foreign: "own" },
  "me.chooseWorkspace": { access: "session", input: ({ workspaceId }) => ({ workspaceId }), foreign: "not-found" },
  "goals.list": { access: "read", foreign: "own" },
  "goals.get": { access: "read", input: goalId, foreign: "not-found" },
  "goals.read": { access: "read", input: ({ nodeId }) => ({ sentence: "make 5 %", nodeId }), foreign: "not-found" },
  // Without a key of its own it is refused only after everything else.
  "goals.restate": { access: "trade", input: ({ nodeId }) => ({ sentence: "more money", nodeId, key: "walk-key-5" }), foreign: "not-found" },
  "goals.preview": { access: "read", input: goalForm, foreign: "not-found" },
  "goals.create": { access: "trade", input: (ids) => ({ goals: [goalForm(ids)] }), foreign: "not-found" },
  "goals.edit": { access: "trade", input: ({ goalId }) => ({ goalId, version: 2, target: "90" }), foreign: "not-found" },
  "goals.act": { access: "trade", input: ({ goalId }) => ({ goalId, action: "pause" }), foreign: "not-found" },
  "goals.undoChange": { access: "trade", input: ({ goalId, changeId }) => ({ goalId, changeId }), foreign: "not-found" },
  "goals.check": { access: "trade", foreign: "own" },
  "goals.applyProposal": { access: "trade", input: ({ proposalId }) => ({ proposalId }), foreign: "not-found" },
  "goals.undoProposal": { access: "trade", input: ({ proposalId }) => ({ proposalId }), foreign: "not-found" },
  "goals.dismissProposal": { access: "trade", input: ({ proposalId }) => ({ proposalId }), foreign: "not-found" },
  "members.list": { access: "read", foreign: "own" },
  "members.invite": { access: "owner", input: () => ({ address: SOMEBODY, role: "viewer" }), foreign: "own" },
  "members.revokeInvitation": { access: "owner", input: ({ invitationId }) => ({ invitationId }), foreign: "not-found" },
  "members.setRole": { access: "owner", input: ({ memberId }) => ({ userId: memberId, role: "trader" }), foreign: "not-found" },
  "members.remove": { access: "owner", input: ({ memberId }) => ({ userId: memberId }), foreign: "not-found" },
  // The only owner cannot leave, and another tenant has nowhere else to go.
  "members.leave": { access: "session", foreign: "own" },
  "audit.list": { access: "read", input: () => ({}), foreign: "own" },
  "audit.export": { access: "read", input: () => ({}), foreign: "own" },
  "account.get": { access: "session", foreign: "own" },
  // Last: afterwards the caller is nobody.
  "account.delete": { access: "session", input: () => ({ confirm: "DELETE" }), foreign: "own" },
};
