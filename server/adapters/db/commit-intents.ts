import type { CommitRecheck, IntentCommit, OrderRow, TurnLease } from "@/server/agents";
import { hashInputs, hashReplies } from "@/server/agents";
import type { EventDraft } from "@/server/events";
import type { TransactionDraft } from "@/server/ledger";
import { type Limits, parseLimits } from "@/server/risk";
import { DomainError, fixed, type Json, toText, ZERO } from "@/server/shared";
import { markForCommit } from "./after-commit";
import { eventRows } from "./append-events";
import type { Database, Tx } from "./database";
import { loadBooksIn } from "./load-books";
import { packBlob } from "./pack-blob";
import { postAllInTransaction } from "./post-transactions";
import type { PrismaBlobStore } from "./prisma-blob-store";
import { inputsBlobs } from "./turn-blobs";

/**
 * Everything a turn decided, in one transaction and before anything is sent: record, order rows, holds, equity, events. Buys of one
 * workspace whose limits they share are committed one after the other, each judged once more by what the others have committed.
 * Throws LEASE_LOST, INSUFFICIENT_FUNDS, LIMITS_CHANGED.
 */
export async function commitIntents(db: Database, store: PrismaBlobStore, lease: TurnLease, commit: IntentCommit): Promise<readonly OrderRow[]> {
  const { record } = commit;
  // Compressing happens before the transaction: it holds no locks meanwhile.
  const values: Json[] = [...inputsBlobs(record.inputs), ...record.stages.map((s) => s.value)];
  const blobs = await Promise.all(values.map(packBlob));
  const orders = commit.orders.map((o) => orderRow(lease, commit, o));
  const commitOnce = (recheck: CommitRecheck | null) =>
    db.transaction(async (tx) => {
      if (recheck) await assertStillAllowed(tx, recheck, record.inputs.at);
      await store.putPacked(tx, blobs);
      const above = await write(tx, lease, commit, orders);
      if (!recheck && commit.recheck?.isAskedBy(above)) throw new LimitsSetMeanwhile();
      const holds = commit.orders.map((o) => o.hold).filter((h): h is TransactionDraft => h !== null);
      await postAllInTransaction(tx, lease.workspaceId, holds);
    });
  try {
    await commitOnce(commit.recheck?.asked ? commit.recheck : null);
  } catch (error) {
    if (!(error instanceof LimitsSetMeanwhile)) throw error;
    await commitOnce(commit.recheck);
  }
  return orders;
}

/** Nothing asked for a second look when it was judged, and now something does: all is rolled back and begun again under the lock. */
class LimitsSetMeanwhile extends Error {}

/** The workspace's row is the lock: whoever waited for it sees the orders of those before. */
async function assertStillAllowed(tx: Tx, recheck: CommitRecheck, at: number): Promise<void> {
  await tx.$queryRaw`SELECT id FROM "Workspace" WHERE id = ${recheck.agent.workspaceId}::uuid FOR UPDATE`;
  const query = <R>(sql: string, params: readonly unknown[]) => tx.$queryRawUnsafe<R[]>(sql, ...params);
  if (!recheck.allows(await loadBooksIn(query, recheck.agent, at, recheck.until))) {
    throw new DomainError(
      "LIMITS_CHANGED",
      "the limits above the agent allow less than when it decided: they were changed, or others have used them",
      { kind: "conflict" },
    );
  }
}

function orderRow(lease: TurnLease, commit: IntentCommit, { intent, heldAmount, heldCurrency }: IntentCommit["orders"][number]): OrderRow {
  return {
    ...intent,
    id: intent.clientOrderId,
    agentId: lease.agentId,
    turnId: lease.turnId,
    status: "intended",
    filledQuantity: ZERO,
    filledNotional: ZERO,
    reason: null,
    createdAt: commit.record.inputs.at,
    heldAmount,
    heldCurrency,
    sentAt: null,
  };
}

const time = (ms: number): string => new Date(ms).toISOString();

/** One statement. The turn is written only under its fence, and all else only with the turn. Returns the limits above the agent: farms, workspace. */
async function write(tx: Tx, lease: TurnLease, commit: IntentCommit, orders: readonly OrderRow[]): Promise<readonly Limits[]> {
  const at = time(commit.record.inputs.at);
  const phase = phaseAfter(commit);
  const benchmark = commit.benchmark && {
    cash: toText(commit.benchmark.cash),
    units: Object.fromEntries(Object.entries(commit.benchmark.units).map(([s, q]) => [s, toText(q)])),
  };
  const [row] = await tx.$queryRaw<{ workspace: unknown; farms: unknown[] | null }[]>`
    WITH RECURSIVE turn AS (
      UPDATE "Turn" t SET "phase" = ${phase}, "leaseUntil" = CASE WHEN ${phase === "executing"} THEN NULL ELSE t."leaseUntil" END, "inputsHash" = r."inputsHash", "contextHash" = r."contextHash", "promptHash" = r."promptHash",
             "decisionHash" = r."decisionHash", "verdictHash" = r."verdictHash", "intentsHash" = r."intentsHash",
             "responseHash" = coalesce(r."responseHash", t."responseHash"), "recordHash" = r."recordHash", "action" = r."action", "symbol" = r."symbol",
             "askedQuantity" = r."askedQuantity", "allowedQuantity" = r."allowedQuantity", "outcome" = r."outcome", "summary" = r."summary",
             "reason" = r."reason", "settleAt" = r."settleAt", "equityBefore" = r."equityBefore", "timings" = r."timings"
        FROM jsonb_to_record(${JSON.stringify(turnRow(commit))}::jsonb) AS r("inputsHash" text, "contextHash" text, "promptHash" text, "decisionHash" text,
          "verdictHash" text, "intentsHash" text, "responseHash" text, "recordHash" text, "action" text, "symbol" text, "askedQuantity" numeric(38,18),
          "allowedQuantity" numeric(38,18), "outcome" text, "summary" text, "reason" text, "settleAt" timestamptz, "equityBefore" numeric(38,18), "timings" jsonb)
       WHERE t."id" = ${lease.turnId}::uuid AND t."fence" = ${lease.fence}
      RETURNING t."id"),
    orders AS (
      INSERT INTO "Order" ("id", "workspaceId", "agentId", "turnId", "leg", "symbol", "side", "type", "quantity", "limitPrice", "reduceOnly", "expiresAt", "status", "heldAmount", "heldCurrency", "at")
      SELECT o."id", ${lease.workspaceId}::uuid, ${lease.agentId}::uuid, turn."id", o."leg", o."symbol", o."side", o."type", o."quantity", o."limitPrice", o."reduceOnly", o."expiresAt", 'intended', o."heldAmount", o."heldCurrency", ${at}::timestamptz
        FROM turn, jsonb_to_recordset(${JSON.stringify(orders.map((o, leg) => orderJson(o, commit.orders[leg]?.leg ?? leg)))}::jsonb) AS o("id" uuid, "leg" int, "symbol" text, "side" text, "type" text,
          "quantity" numeric(38,18), "limitPrice" numeric(38,18), "reduceOnly" boolean, "expiresAt" timestamptz, "heldAmount" numeric(38,18), "heldCurrency" text)),
    point AS (
      INSERT INTO "EquityPoint" ("agentId", "at", "equity", "hold", "cash")
      SELECT ${lease.agentId}::uuid, ${at}::timestamptz, ${toText(commit.equity)}::numeric, ${toText(commit.holdEquity)}::numeric, ${toText(commit.cash)}::numeric FROM turn
      ON CONFLICT DO NOTHING),
    benchmark AS (
      UPDATE "Agent" a SET "benchmark" = ${JSON.stringify(benchmark)}::jsonb FROM turn
       WHERE a."id" = ${lease.agentId}::uuid AND (a."benchmark" IS NULL OR a."benchmark" = 'null'::jsonb) AND ${benchmark !== null}::boolean),
    above AS (
      SELECT f."id", f."parentId", f."kind", f."limits", 1 AS depth FROM "Agent" a JOIN "WalletNode" n ON n."id" = a."nodeId" JOIN "WalletNode" f ON f."id" = n."parentId"
       WHERE a."id" = ${lease.agentId}::uuid
      UNION ALL SELECT f."id", f."parentId", f."kind", f."limits", b.depth + 1 FROM above b JOIN "WalletNode" f ON f."id" = b."parentId" WHERE b.depth < 64),
    written AS (
      INSERT INTO "Event" ("id", "workspaceId", "type", "data")
      SELECT r.id, ${lease.workspaceId}::uuid, type, data FROM turn, jsonb_to_recordset(${eventRows(events(lease, commit))}::jsonb) AS r(id uuid, type text, data jsonb))
    SELECT (SELECT w."limits" FROM "Workspace" w WHERE w."id" = ${lease.workspaceId}::uuid) AS "workspace",
           (SELECT jsonb_agg(coalesce(f."limits", '{}'::jsonb) ORDER BY f.depth) FROM above f WHERE f."kind" = 'farm') AS "farms"
      FROM turn`;
  if (!row) throw new DomainError("LEASE_LOST", "another process took this turn over", { kind: "conflict" });
  markForCommit(tx, "events");
  return [...(row.farms ?? []).map((farm) => parseLimits(farm, "farm.limits")), parseLimits(row.workspace, "workspace.limits")];
}

/** With nothing to send the turn waits for its settlement from here on, and nobody holds it. */
const phaseAfter = (commit: IntentCommit) => (commit.orders.length === 0 ? "executing" : "intended");

function turnRow(commit: IntentCommit) {
  const { record } = commit;
  const hash = (name: string) => record.stages.find((s) => s.stage === name)?.hash ?? null;
  return {
    inputsHash: hashInputs(record.inputs),
    contextHash: hash("context"),
    promptHash: hash("prompt"),
    decisionHash: hash("decision"),
    verdictHash: hash("verdict"),
    intentsHash: hash("intents"),
    responseHash: record.replies.length > 0 ? hashReplies(record.replies) : null,
    recordHash: record.recordHash,
    action: commit.decision.action,
    symbol: commit.decision.symbol,
    askedQuantity: toText(fixed(commit.verdict.askedQuantity)),
    allowedQuantity: toText(fixed(commit.verdict.allowedQuantity)),
    outcome: commit.verdict.outcome,
    summary: commit.summary,
    reason: commit.fallbackReason,
    settleAt: time(commit.settleAt),
    equityBefore: toText(commit.equity),
    timings: commit.timings,
  };
}

const orderJson = (o: OrderRow, leg: number) => ({
  id: o.id,
  leg,
  symbol: o.symbol,
  side: o.side,
  type: o.type,
  quantity: toText(o.quantity),
  limitPrice: o.limitPrice === null ? null : toText(o.limitPrice),
  reduceOnly: o.reduceOnly,
  expiresAt: o.expiresAt === null ? null : time(o.expiresAt),
  heldAmount: toText(o.heldAmount),
  heldCurrency: o.heldCurrency,
});

function events(lease: TurnLease, commit: IntentCommit): EventDraft[] {
  const { agentId, turnId } = lease;
  const at = commit.record.inputs.at;
  return [
    {
      type: "turn/decided",
      data: {
        agentId,
        turnId,
        action: commit.decision.action,
        symbol: commit.decision.symbol,
        outcome: commit.verdict.outcome,
        summary: commit.summary,
        at,
      },
    },
    ...(phaseAfter(commit) === "executing" ? [{ type: "turn/phase.changed" as const, data: { agentId, turnId, phase: "executing", at } }] : []),
    ...commit.orders.map((o): EventDraft => ({ type: "order/changed", data: { agentId, orderId: o.intent.clientOrderId, status: "intended" } })),
  ];
}
