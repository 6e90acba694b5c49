import { Prisma } from "@/generated/prisma/client";
import type { Json, TenantScope } from "@/server/shared";
import type { Database } from "../database";
import { unpackBlob } from "../pack-blob";
import { PrismaBlobStore } from "../prisma-blob-store";

const PAGE = 200;

/**
 * A workspace line by line: `{"table": …}` with a row's fields, decimals as exact text. Rows of a table come in a fixed order, one page in
 * memory at a time. Without API keys' and providers' secrets, and without candle windows: those are the market's, named by their hash.
 */
export async function* exportLines(db: Database, scope: TenantScope, wallNow: number): AsyncGenerator<string> {
  const { prisma: p } = db;
  const { workspaceId } = scope;
  const where = { workspaceId };
  const orderBy = { id: "asc" as const };
  const byId = (last: { id: string } | undefined) => ({ where, orderBy, ...page(last && { id: last.id }) });
  const agents = await p.agent.findMany({ where, select: { id: true }, orderBy });
  const agentId = { in: agents.map((a) => a.id) };
  const tables: readonly (readonly [string, AsyncGenerator<object>])[] = [
    ["workspace", rows(() => p.workspace.findMany({ where: { id: workspaceId } }))],
    ["member", rows(() => p.member.findMany({ where, include: { user: { select: { address: true, chainId: true, createdAt: true } } } }))],
    ["invitation", rows((last?: { id: string }) => p.invitation.findMany({ ...byId(last), omit: { openKey: true } }))],
    ["api-key", rows((last?: { id: string }) => p.apiKey.findMany({ ...byId(last), omit: { secretHash: true, prefix: true } }))],
    ["market-source", rows(() => p.marketSourceChoice.findMany({ where }))],
    ["wallet", rows((last?: { id: string }) => p.walletNode.findMany(byId(last)))],
    ["wallet-place", rows(() => p.nodePlace.findMany({ where, orderBy: [{ nodeId: "asc" }, { since: "asc" }] }))],
    ["movement", rows((last?: { id: string }) => p.movement.findMany(byId(last)))],
    ["wallet-flow", rows((last?: { id: string }) => p.nodeFlow.findMany(byId(last)))],
    ["venue-transfer", rows((last?: { id: string }) => p.venueTransfer.findMany(byId(last)))],
    ["rebalancing", rows((last?: { id: string }) => p.rebalance.findMany(byId(last)))],
    ["rebalancing-plan", rows(() => p.rebalancePlan.findMany({ where, orderBy: { nodeId: "asc" } }))],
    ["agent", rows((last?: { id: string }) => p.agent.findMany(byId(last)))],
    [
      "agent-version",
      rows((last?: VersionKey) =>
        p.agentVersion.findMany({
          where: { agentId },
          orderBy: [{ agentId: "asc" }, { version: "asc" }],
          ...page(last && { agentId_version: { agentId: last.agentId, version: last.version } }),
        }),
      ),
    ],
    ["live-request", rows((last?: { id: string }) => p.liveRequest.findMany(byId(last)))],
    ["missed-ticks", rows((last?: { id: string }) => p.tickGap.findMany({ where: { agentId }, orderBy, ...page(last && { id: last.id }) }))],
    ["decision", decisions(db, (last) => p.turn.findMany(byId(last)))],
    ["order", rows((last?: { id: string }) => p.order.findMany(byId(last)))],
    ["fill", rows((last?: { id: string }) => p.fill.findMany(byId(last)))],
    ["position", rows(() => p.position.findMany({ where: { agentId }, orderBy: [{ agentId: "asc" }, { symbol: "asc" }] }))],
    ["account", rows((last?: { id: string }) => p.ledgerAccount.findMany(byId(last)))],
    [
      "ledger-transaction",
      rows((last?: { id: string }) => p.ledgerTransaction.findMany({ ...byId(last), include: { postings: { orderBy: { leg: "asc" } } } })),
    ],
    [
      "equity",
      rows((last?: EquityKey) =>
        p.equityPoint.findMany({
          where: { agentId },
          orderBy: [{ agentId: "asc" }, { at: "asc" }],
          ...page(last && { agentId_at: { agentId: last.agentId, at: last.at } }),
        }),
      ),
    ],
    ["breaker-settings", rows(() => p.breakerSettings.findMany({ where }))],
    ["breaker", rows(() => p.breakerMark.findMany({ where, orderBy: [{ subjectId: "asc" }, { kind: "asc" }] }))],
    ["breaker-decision", rows((last?: { id: string }) => p.breakerDecision.findMany(byId(last)))],
    ["alert", rows((last?: { id: string }) => p.alert.findMany(byId(last)))],
    ["goal", rows((last?: { id: string }) => p.goal.findMany(byId(last)))],
    [
      "goal-check",
      rows((last?: CheckKey) =>
        p.goalCheck.findMany({
          where,
          orderBy: [{ goalId: "asc" }, { at: "asc" }],
          ...page(last && { goalId_at: { goalId: last.goalId, at: last.at } }),
        }),
      ),
    ],
    ["goal-change", rows((last?: { id: string }) => p.goalChange.findMany(byId(last)))],
    ["goal-achievement", rows((last?: { id: string }) => p.goalAchievement.findMany(byId(last)))],
    ["goal-proposal", rows((last?: { id: string }) => p.goalProposal.findMany(byId(last)))],
    ["goal-budget", rows(() => p.goalBudget.findMany({ where, orderBy: { agentId: "asc" } }))],
    ["stress-scenario", rows((last?: { id: string }) => p.stressScenario.findMany(byId(last)))],
    [
      "veto",
      rows((last?: VetoKey) =>
        p.veto.findMany({
          where,
          orderBy: [{ turnId: "asc" }, { leg: "asc" }],
          ...page(last && { turnId_leg: { turnId: last.turnId, leg: last.leg } }),
        }),
      ),
    ],
    ["model-call", rows((last?: { id: string }) => p.modelCall.findMany(byId(last)))],
    ["backtest", backtests(db, (last) => p.backtest.findMany(byId(last)))],
    ["trial", rows((last?: { id: string }) => p.trial.findMany(byId(last)))],
    ["event", rows((last?: { id: string }) => p.event.findMany(byId(last)))],
    ["audit", rows((last?: { id: string }) => p.auditEntry.findMany(byId(last)))],
  ];
  yield line("export", { version: 1, workspaceId, at: new Date(wallNow) });
  let count = 0;
  for (const [table, found] of tables) {
    for await (const row of found) {
      count++;
      yield line(table, row);
    }
  }
  // Without this line the file is not whole.
  yield line("end", { rows: count });
}

type VersionKey = { agentId: string; version: number };
type VetoKey = { turnId: string; leg: number };
type CheckKey = { goalId: string; at: Date };
type EquityKey = { agentId: string; at: Date };

const page = <C>(cursor: C | undefined): { take: number; cursor?: C; skip?: number } =>
  cursor === undefined ? { take: PAGE } : { take: PAGE, cursor, skip: 1 };

/** Pages until one is not full. A read that is not paged gives all its rows at once: it ends when the same rows would come again. */
async function* rows<R extends object>(read: (last?: R) => Promise<R[]>): AsyncGenerator<R> {
  for (let last: R | undefined; ; ) {
    const found = await read(last);
    yield* found;
    last = found[found.length - 1];
    if (read.length === 0 || found.length < PAGE) return;
  }
}

type Turn = Prisma.TurnGetPayload<object>;

/** Each with what was recorded of it; what is gone (retention) is null, its hash stays. */
async function* decisions(db: Database, read: (last: Turn | undefined) => Promise<Turn[]>): AsyncGenerator<object> {
  const blobs = new PrismaBlobStore(db);
  for (let last: Turn | undefined; ; ) {
    const found = await read(last);
    for (const turn of found) {
      const { inputsHash, contextHash, promptHash, responseHash, decisionHash, verdictHash, intentsHash } = turn;
      const named = {
        inputs: inputsHash,
        context: contextHash,
        prompts: promptHash,
        replies: responseHash,
        decision: decisionHash,
        verdict: verdictHash,
        intents: intentsHash,
      };
      const values = await blobs.getMany(Object.values(named).filter((hash) => hash !== null));
      const record: Record<string, Json> = {};
      for (const [name, hash] of Object.entries(named)) record[name] = hash === null ? null : (values.get(hash) ?? null);
      yield { ...turn, record };
    }
    last = found[found.length - 1];
    if (found.length < PAGE) return;
  }
}

type Backtest = Prisma.BacktestGetPayload<object>;

/** Each with its result; null while it has none. */
async function* backtests(db: Database, read: (last: Backtest | undefined) => Promise<Backtest[]>): AsyncGenerator<object> {
  for (let last: Backtest | undefined; ; ) {
    const found = await read(last);
    for (const row of found) {
      const part = await db.prisma.backtestPart.findUnique({ where: { backtestId_key: { backtestId: row.id, key: "result" } } });
      yield { ...row, result: part ? await unpackBlob(part.hash, part.bytes) : null };
    }
    last = found[found.length - 1];
    if (found.length < PAGE) return;
  }
}

/** Decimals as plain text, whole numbers beyond JSON's as text too, bytes never. */
function line(table: string, row: object): string {
  return JSON.stringify({ table, ...row }, function (this: Record<string, unknown>, key, value: unknown) {
    const raw = this[key];
    if (Prisma.Decimal.isDecimal(raw)) return (raw as Prisma.Decimal).toFixed();
    return typeof raw === "bigint" ? raw.toString() : value;
  });
}
