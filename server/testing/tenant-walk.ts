import { randomUUID } from "node:crypto";
import type { Database } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { packBlob } from "@/server/adapters/db/pack-blob";
import { PrismaMovementStore } from "@/server/adapters/db/wallets/prisma-movement-store";
import { addRun } from "@/server/adapters/engine/run-store";
import type { ProcedureName } from "@/server/api/contract";
import { backtestInputs } from "@/server/api/contract/backtests";
import { goalInputs } from "@/server/api/contract/goals";
import { appRouter } from "@/server/api/root";
import type { Services } from "@/server/api/services";
import type { Access } from "@/server/api/trpc";
import type { Caller } from "@/server/auth/auth-service";
import type { JobResult } from "@/server/backtest";
import { fixed, type Json, type TenantScope } from "@/server/shared";
import { type Answer, apiFixture, proceduresOf, WALKED_FUNCTION } from "./api";
import { TEST_CONFIG } from "./live-agents";

type Router = typeof appRouter;
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
type WalletIds = { masterId: string; farmId: string; vaultId: string; movementId: string; askedId: string; recallId: string; rebalanceId: string };
type Row = {
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

const BACKTEST_FORM = {
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

/** Two backtests of a person: one that waits, and one that is done. */
async function addBacktests(
  api: ReturnType<typeof apiFixture>,
  db: Database,
  scope: TenantScope,
): Promise<{ waitingBacktest: string; doneBacktest: string }> {
  const create = async () => (await api.services.backtests.create(scope, backtestInputs.backtestCreate.parse(BACKTEST_FORM))).backtestId;
  const doneBacktest = await create();
  const waitingBacktest = await create();
  await db.prisma.backtest.update({ where: { id: doneBacktest }, data: { status: "done" } });
  const result: JobResult["result"] = {
    version: 1,
    source: { kind: "simulated", label: "Simulated market" },
    axes: [],
    points: [],
    quality: [],
    hash: "",
  };
  await db.prisma.backtestPart.create({ data: { backtestId: doneBacktest, key: "result", ...(await packBlob(result as unknown as Json)) } });
  return { waitingBacktest, doneBacktest };
}

const goalId = ({ goalId }: Ids) => ({ goalId });
const goalForm = ({ nodeId }: Ids) => ({ nodeId, kind: "profit" as const, unit: "percent" as const, target: "5" });
const agentId = ({ agentId }: Ids) => ({ agentId });
const toFarm = ({ masterId, farmId }: Ids) => ({ fromNodeId: masterId, toNodeId: farmId, amount: "3" });
const waitingBacktest = ({ waitingBacktest }: Ids) => ({ backtestId: waitingBacktest });
const runId = ({ runId }: Ids) => ({ runId });
const money = ({ agentId }: Ids) => ({ agentId, amount: "10", key: "walk-key-1" });

/** Every procedure of the API: who may call it, and a call of it. A procedure that is not here fails the walk. */
export const PROCEDURES: Readonly<Record<ProcedureName, Row>> = {
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

/** Rows of every table (of those that hold one of `marks`, when given), as text; a key's time of last use left out. */
export async function rowsOf(db: Database, marks?: readonly string[]): Promise<Map<string, string[]>> {
  const tables = await db.raw.query<{ t: string }>(`SELECT tablename AS t FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`);
  const found = new Map<string, string[]>();
  for (const { t } of tables) {
    const rows = await db.raw.query<{ row: string }>(`SELECT (to_jsonb(x) - 'lastUsedAt')::text AS row FROM "${t}" x ORDER BY 1`);
    found.set(
      t,
      rows.map((r) => r.row).filter((row) => !marks || marks.some((m) => row.includes(m))),
    );
  }
  return found;
}

const changed = (before: Map<string, string[]>, after: Map<string, string[]>): string[] =>
  [...after].filter(([t, rows]) => JSON.stringify(rows) !== JSON.stringify(before.get(t) ?? [])).map(([t]) => t);

/**
 * Calls every procedure as everybody who must be refused, and as another tenant with the first one's ids. Returns what should not
 * have happened, in words; empty = nothing. At the end the owner calls them all, so that a refusal cannot come from a bad sample.
 */
export async function walkAsStrangers(
  db: Database,
  options: { router?: Router; services?: Partial<Services> /** Only procedures of this router are called. */; only?: string } = {},
): Promise<{ wrong: string[]; calls: number }> {
  const api = apiFixture(db, options);
  const owner = await api.person();
  const stranger = await api.person();
  const { agentId } = await api.services.agents.create(owner.caller.scope, {
    config: { ...TEST_CONFIG, name: "Alpha of the first tenant" },
    capital: fixed("20000"),
  });
  const { turnId } = await api.services.agents.decideNow(owner.caller.scope, { agentId, key: "first-turn" });
  for (const request of api.requested.splice(0)) await api.runner.run(request);
  const spare = await owner.apiKey("read");
  const run = newId();
  const event = { id: run, name: "walked", data: { workspaceId: owner.caller.scope.workspaceId, agentId }, ts: 0 };
  const { workspaceId } = owner.caller.scope;
  const unasked = { parentRunId: null, parentStepId: null, singletonKey: null };
  await addRun(db.raw, { id: run, functionId: WALKED_FUNCTION, event, workspaceId, ...unasked }, Date.now());
  const risk = await riskRows(db, workspaceId, agentId);
  const backtests = await addBacktests(api, db, owner.caller.scope);
  const people = await addPeople(api, owner.caller);
  const wallets = await walletRows(api, db, owner.caller.scope);
  const goals = await addGoals(api, db, owner.caller.scope, agentId);
  const ids: Ids = {
    ...people,
    ...wallets,
    ...goals,
    workspaceId,
    ...backtests,
    agentId,
    turnId,
    apiKeyId: spare.id,
    runId: run,
    sessionId: owner.session.sessionId,
    configVersion: 1,
    ...risk,
  };
  const marks = [
    owner.caller.scope.workspaceId,
    owner.caller.userId,
    agentId,
    turnId,
    spare.id,
    run,
    owner.session.sessionId,
    ...Object.values(risk),
    ...Object.values(backtests),
    people.memberId,
    people.invitationId,
    ...Object.values(wallets),
    ...Object.values(goals),
  ];
  const names = ["Alpha of the first tenant", "A backtest of the first tenant", ...marks];

  const procedures = proceduresOf(options.router ?? appRouter);
  const wrong: string[] = [];
  let calls = 0;
  const table = PROCEDURES as Readonly<Record<string, Row>>;
  for (const name of Object.keys(table)) if (!procedures[name]) wrong.push(`${name}: classified, but there is no such procedure`);
  const classified = Object.entries(procedures).flatMap(([name, { _def }]) => {
    const row = table[name];
    if (!row) {
      wrong.push(`${name}: not classified`);
      return [];
    }
    const { access } = (_def.meta ?? {}) as { access?: Access };
    if (access !== row.access) wrong.push(`${name}: guarded as ${access ?? "nothing"}, classified as ${row.access}`);
    return options.only && !name.startsWith(`${options.only}.`) ? [] : [{ name, row, mutates: _def.type === "mutation" }];
  });
  const call = (name: string, row: Row, headers: Readonly<Record<string, string>>): Promise<Answer> => {
    calls += 1;
    return api.call(name, row.input?.(ids), headers);
  };
  const code = (a: Answer): string => a.error?.code ?? "answered";

  // Everybody who is to be refused before anything is read or written.
  const readKey = await owner.apiKey("read");
  const tradeKey = await owner.apiKey("read", "trade");
  const inPerson = (row: Row) => row.access === "session" || row.access === "owner";
  const needs = (row: Row) => (row.access === "any" || inPerson(row) ? null : row.access);
  const refusals: [string, Readonly<Record<string, string>>, (row: Row, mutates: boolean) => string | null][] = [
    ["anonymous", {}, () => "UNAUTHENTICATED"],
    ["a made-up key", { authorization: `Bearer mp_00000000_${"A".repeat(43)}` }, () => "UNAUTHENTICATED"],
    [
      "a read-only key",
      readKey.headers,
      (row) => (inPerson(row) ? "SESSION_REQUIRED" : needs(row) === "trade" || needs(row) === "admin" ? "SCOPE_MISSING" : null),
    ],
    ["a trading key", tradeKey.headers, (row) => (inPerson(row) ? "SESSION_REQUIRED" : needs(row) === "admin" ? "SCOPE_MISSING" : null)],
    ["another page", { ...owner.headers, origin: "https://elsewhere.example" }, (_row, mutates) => (mutates ? "FOREIGN_ORIGIN" : null)],
    ["no origin", { cookie: owner.headers.cookie }, (_row, mutates) => (mutates ? "FOREIGN_ORIGIN" : null)],
  ];
  const refuse = async (who: string, headers: Readonly<Record<string, string>>, expected: (row: Row, mutates: boolean) => string | null) => {
    const before = await rowsOf(db);
    for (const { name, row, mutates } of classified) {
      const wanted = expected(row, mutates);
      if (wanted === null) continue;
      const answer = await call(name, row, headers);
      if (code(answer) !== wanted) wrong.push(`${name} as ${who}: ${code(answer)} instead of ${wanted}`);
    }
    for (const t of changed(before, await rowsOf(db))) wrong.push(`${who} changed ${t}`);
  };
  for (const [who, headers, expected] of refusals) await refuse(who, headers, expected);
  await owner.asRole("viewer");
  await refuse("a viewer", owner.headers, (row) =>
    row.access === "owner" ? "OWNER_REQUIRED" : needs(row) === "trade" || needs(row) === "admin" ? "SCOPE_MISSING" : null,
  );
  await owner.asRole("trader");
  await refuse("a trader", owner.headers, (row) => (row.access === "owner" ? "OWNER_REQUIRED" : needs(row) === "admin" ? "SCOPE_MISSING" : null));
  await owner.asRole("owner");

  // Another tenant, with every right in their own workspace.
  const before = await rowsOf(db, marks);
  for (const { name, row } of classified) {
    const answer = await call(name, row, stranger.headers);
    if (row.foreign === "not-found" && code(answer) !== "NOT_FOUND") wrong.push(`${name} as another tenant: ${code(answer)} instead of NOT_FOUND`);
    for (const n of names)
      if (answer.text.includes(n)) wrong.push(`${name} as another tenant: shows ${n === names[0] ? "a name" : "an id"} of the first`);
  }
  for (const t of changed(before, await rowsOf(db, marks))) wrong.push(`another tenant changed ${t} of the first`);

  // The owner: whatever answers now is not refused for who asks or for how.
  for (const { name, row, mutates } of classified.filter((c) => c.name !== "me.revokeSession")) {
    const answer = await call(name, row, owner.headers);
    const ok = mutates ? answer.status < 500 && ![400, 401, 403, 404].includes(answer.status) : answer.status === 200;
    if (!ok && !name.startsWith("models.")) wrong.push(`${name} as the owner: ${answer.status} ${code(answer)} ${answer.error?.message ?? ""}`);
  }
  return { wrong, calls };
}

/** A goal of the agent's with a changed target, and a proposal. */
async function addGoals(
  api: ReturnType<typeof apiFixture>,
  db: Database,
  scope: TenantScope,
  agentId: string,
): Promise<{ nodeId: string; goalId: string; changeId: string; proposalId: string }> {
  const { nodeId } = await db.prisma.agent.findUniqueOrThrow({ where: { id: agentId } });
  const [made] = (
    await api.services.goals.create(scope, goalInputs.goalCreate.parse({ goals: [{ nodeId, kind: "profit", unit: "percent", target: "7" }] }))
  ).goalIds;
  const goal = made ?? "";
  await api.services.goals.edit(scope, { goalId: goal, version: 1, target: "8" });
  const change = await db.prisma.goalChange.findFirstOrThrow({ where: { goalId: goal } });
  const proposalId = newId();
  const body = { shares: [], moves: [] };
  await db.prisma.goalProposal.create({
    data: { id: proposalId, workspaceId: scope.workspaceId, nodeId, body, why: "Walked", status: "open", at: new Date(0) },
  });
  return { nodeId, goalId: goal, changeId: change.id, proposalId };
}

/** Somebody else in the first workspace, an open invitation into it, and one of its owner into a third workspace. */
async function addPeople(api: ReturnType<typeof apiFixture>, owner: Caller): Promise<{ memberId: string; invitationId: string; invitedId: string }> {
  const { people } = api.services;
  const form = { role: "viewer", chainId: 1, expiresInDays: 7 } as const;
  const member = await api.person();
  const joining = await people.invite(owner, { ...form, address: member.address });
  await people.answer(member.caller, { ...joining, accept: true });
  const { invitationId } = await people.invite(owner, { ...form, address: "0x000000000000000000000000000000000000bEEF" });
  const invited = await people.invite(member.caller, { ...form, address: owner.address ?? "" });
  return { memberId: member.caller.userId, invitationId, invitedId: invited.invitationId };
}

/** A farm and a vault, a movement that was made, one that waits for a second person, and a proposed rebalancing. */
async function walletRows(api: ReturnType<typeof apiFixture>, db: Database, scope: TenantScope): Promise<WalletIds> {
  const { wallets } = api.services;
  const { id: masterId } = await db.prisma.walletNode.findFirstOrThrow({ where: { workspaceId: scope.workspaceId, kind: "treasury" } });
  const { nodeId: farmId } = await wallets.create(scope, { kind: "farm", name: "Farm of the first", parentId: masterId, strategy: "custom" });
  const { nodeId: vaultId } = await wallets.create(scope, { kind: "vault", name: "Vault of the first", parentId: masterId });
  const order = { kind: "allocate" as const, fromNodeId: masterId, toNodeId: farmId, why: "" };
  const { movementId } = await wallets.move(scope, { ...order, amount: "50", key: "first-move" });
  const rules = { reserve: null, reservePercent: null, maxAgentPercent: null, maxFarmPercent: null, cooldownSeconds: null };
  await wallets.setRules(scope, { nodeId: farmId, rules: { ...rules, approvalFrom: "60" } });
  const { movementId: askedId } = await wallets.move(scope, { ...order, amount: "70", key: "asked-move" });
  await wallets.setRules(scope, { nodeId: farmId, rules: { ...rules, approvalFrom: null } });
  const recall = { kind: "recall" as const, fromNodeId: farmId, toNodeId: masterId, amount: fixed("1"), key: "closing-recall", why: "" };
  const { id: recallId } = await new PrismaMovementStore(db).askClosing(scope, recall, { at: 0, wallAt: 0, prices: {} });
  const rebalanceId = newId();
  const plan = { needsApproval: false, turnover: 0, moves: [] };
  const row = { workspaceId: scope.workspaceId, nodeId: masterId, policy: "equal", plan, status: "proposed", total: 0, actor: "system:memepulse" };
  await db.prisma.rebalance.create({ data: { id: rebalanceId, ...row, at: new Date(), startedAt: new Date() } });
  return { masterId, farmId, vaultId, movementId, askedId, recallId, rebalanceId };
}

/** A scenario, an alert and a breaker's decision of a workspace. */
async function riskRows(db: Database, workspaceId: string, agentId: string): Promise<{ shockId: string; alertId: string; decisionId: string }> {
  const [shockId, alertId, decisionId] = [newId(), newId(), newId()];
  const now = new Date();
  await db.prisma.stressScenario.create({ data: { id: shockId, workspaceId, name: "Walked", shock: { kind: "price", change: -0.1 } } });
  await db.prisma.alert.create({
    data: {
      id: alertId,
      workspaceId,
      agentId,
      openKey: "walked",
      kind: "drawdown",
      severity: "warning",
      title: "Walked",
      text: "",
      figures: {},
      at: now,
      raisedAt: now,
    },
  });
  const inputs = { version: 1, at: 0, subject: { kind: "agent", id: agentId }, tradingState: "active", holds: false, readings: [] };
  await db.prisma.breakerDecision.create({
    data: {
      id: decisionId,
      workspaceId,
      agentId,
      kind: "drawdown",
      steps: ["reduce"],
      reason: "",
      inputs,
      answers: [],
      build: "b",
      status: "done",
      at: now,
      decidedAt: now,
    },
  });
  return { shockId, alertId, decisionId };
}
