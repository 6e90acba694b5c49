import type { Prisma } from "@/generated/prisma/client";
import { hashInputs, hashReplies, type IntentCommit, type TurnLease } from "@/server/agents";
import type { EventDraft } from "@/server/events";
import type { TransactionDraft } from "@/server/ledger";
import { fixed, type Json, toText } from "@/server/shared";
import { appendEvents } from "./append-events";
import type { Database, Tx } from "./database";
import { fixedToDecimal } from "./decimal";
import { postAllInTransaction } from "./post-transactions";
import { packBlob, type PrismaBlobStore } from "./prisma-blob-store";
import { inputsBlobs } from "./turn-blobs";

type Update = (tx: Tx, data: Prisma.TurnUpdateManyMutationInput) => Promise<void>;

/** Everything a turn decided, in one transaction and before anything is sent: record, order rows, holds, equity, events. Throws LEASE_LOST, INSUFFICIENT_FUNDS. */
export async function commitIntents(db: Database, store: PrismaBlobStore, lease: TurnLease, commit: IntentCommit, update: Update): Promise<void> {
  const { record } = commit;
  const stage = (name: string) => record.stages.find((s) => s.stage === name);
  // Compressing happens before the transaction: it holds no locks meanwhile.
  const values: Json[] = [...inputsBlobs(record.inputs), ...record.stages.map((s) => s.value)];
  const blobs = await Promise.all(values.map(packBlob));
  await db.transaction(async (tx) => {
    await store.putPacked(tx, blobs);
    await update(tx, {
      phase: "intended",
      inputsHash: hashInputs(record.inputs),
      contextHash: stage("context")?.hash ?? null,
      promptHash: stage("prompt")?.hash ?? null,
      decisionHash: stage("decision")?.hash ?? null,
      verdictHash: stage("verdict")?.hash ?? null,
      intentsHash: stage("intents")?.hash ?? null,
      ...(record.replies.length > 0 ? { responseHash: hashReplies(record.replies) } : {}),
      recordHash: record.recordHash,
      action: commit.decision.action,
      symbol: commit.decision.symbol,
      askedQuantity: fixedToDecimal(fixed(commit.verdict.askedQuantity)),
      allowedQuantity: fixedToDecimal(fixed(commit.verdict.allowedQuantity)),
      outcome: commit.verdict.outcome,
      summary: commit.summary,
      reason: commit.fallbackReason,
      settleAt: new Date(commit.settleAt),
      equityBefore: fixedToDecimal(commit.equity),
      timings: commit.timings as unknown as Prisma.InputJsonArray,
    });
    if (commit.orders.length > 0) await insertOrders(tx, lease, commit);
    const holds = commit.orders.map((o) => o.hold).filter((h): h is TransactionDraft => h !== null);
    if (holds.length > 0) await postAllInTransaction(tx, lease.workspaceId, holds);
    await insertEquity(tx, lease, commit);
    await appendEvents(tx, lease.workspaceId, events(lease, commit));
  });
}

async function insertOrders(tx: Tx, lease: TurnLease, commit: IntentCommit): Promise<void> {
  await tx.order.createMany({
    data: commit.orders.map(({ intent, leg, heldAmount, heldCurrency }) => ({
      id: intent.clientOrderId,
      workspaceId: lease.workspaceId,
      agentId: lease.agentId,
      turnId: lease.turnId,
      leg,
      symbol: intent.symbol,
      side: intent.side,
      type: intent.type,
      quantity: fixedToDecimal(intent.quantity),
      limitPrice: intent.limitPrice === null ? null : fixedToDecimal(intent.limitPrice),
      reduceOnly: intent.reduceOnly,
      expiresAt: intent.expiresAt === null ? null : new Date(intent.expiresAt),
      status: "intended",
      heldAmount: fixedToDecimal(heldAmount),
      heldCurrency,
      at: new Date(commit.record.inputs.at),
    })),
  });
}

/** The point of the equity curve, and with the first one the benchmark it is compared with: one statement. */
async function insertEquity(tx: Tx, lease: TurnLease, commit: IntentCommit): Promise<void> {
  const benchmark = commit.benchmark && {
    cash: toText(commit.benchmark.cash),
    units: Object.fromEntries(Object.entries(commit.benchmark.units).map(([s, q]) => [s, toText(q)])),
  };
  await tx.$executeRaw`
    WITH point AS (
      INSERT INTO "EquityPoint" ("agentId", "at", "equity", "hold", "cash")
      VALUES (${lease.agentId}::uuid, ${new Date(commit.record.inputs.at).toISOString()}::timestamptz, ${toText(commit.equity)}::numeric,
              ${toText(commit.holdEquity)}::numeric, ${toText(commit.cash)}::numeric)
      ON CONFLICT DO NOTHING)
    UPDATE "Agent" SET "benchmark" = ${JSON.stringify(benchmark)}::jsonb
     WHERE "id" = ${lease.agentId}::uuid AND ("benchmark" IS NULL OR "benchmark" = 'null'::jsonb) AND ${benchmark !== null}::boolean`;
}

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
    ...commit.orders.map((o): EventDraft => ({ type: "order/changed", data: { agentId, orderId: o.intent.clientOrderId, status: "intended" } })),
  ];
}
