import { appendEvents } from "@/server/adapters/db/append-events";
import type { Database } from "@/server/adapters/db/database";
import { postAllInTransaction } from "@/server/adapters/db/post-transactions";
import type { PaperAccountStore } from "@/server/adapters/exchanges/paper/paper-account-store";
import type { Agent } from "@/server/agents";
import type { HistoryRows } from "./history-rows";

const CHUNK = 150;
const LEDGER_CHUNK = 200;

/** Writes one agent's history: every row it left behind, in one pass of bulk statements; nothing is made up here. */
export async function importHistory(
  db: Database,
  venue: PaperAccountStore,
  agent: Agent,
  rows: HistoryRows,
  build: string,
  onTurns: (count: number) => Promise<void>,
): Promise<void> {
  const { workspaceId, id: agentId } = agent;
  for (const blobs of chunks(rows.blobs, CHUNK))
    await db.prisma.blob.createMany({ data: blobs.map((b) => ({ ...b, bytes: new Uint8Array(b.bytes) })), skipDuplicates: true });
  for (const turns of chunks(rows.turns, CHUNK)) {
    await db.prisma.turn.createMany({
      data: turns.map((t) => ({
        ...t,
        workspaceId,
        agentId,
        trigger: { kind: "schedule" },
        configVersion: agent.configVersion,
        build,
        timings: [],
        at: new Date(t.at),
        settleAt: date(t.settleAt),
        settledAt: date(t.settledAt),
        createdAt: new Date(t.at),
      })),
      skipDuplicates: true,
    });
    // What was denied or reduced in the history counts in the veto ledger like anything else.
    const vetoed = turns.filter((t) => t.phase === "settled" && (t.outcome === "deny" || t.outcome === "reduce"));
    if (vetoed.length > 0) await db.prisma.vetoDue.createMany({ data: vetoed.map((t) => ({ turnId: t.id, workspaceId })), skipDuplicates: true });
    await onTurns(turns.length);
  }
  for (const orders of chunks(rows.orders, CHUNK)) {
    await db.prisma.order.createMany({
      data: orders.map((o) => ({ ...o, workspaceId, agentId, expiresAt: date(o.expiresAt), at: new Date(o.at), createdAt: new Date(o.at) })),
      skipDuplicates: true,
    });
  }
  const transactionIds = new Map<string, string>();
  for (const drafts of chunks(rows.transactions, LEDGER_CHUNK)) {
    const posted = await db.transaction((tx) => postAllInTransaction(tx, workspaceId, drafts));
    for (const [i, d] of drafts.entries()) transactionIds.set(d.key, posted[i]?.transactionId ?? "");
  }
  for (const fills of chunks(rows.fills, CHUNK)) {
    await db.prisma.fill.createMany({
      data: fills.map(({ key, ...f }) => ({
        ...f,
        workspaceId,
        agentId,
        at: new Date(f.at),
        createdAt: new Date(f.at),
        transactionId: transactionIds.get(key) ?? "",
      })),
      skipDuplicates: true,
    });
  }
  for (const points of chunks(rows.equity, CHUNK))
    await db.prisma.equityPoint.createMany({ data: points.map((p) => ({ ...p, agentId, at: new Date(p.at) })), skipDuplicates: true });
  await db.transaction(async (tx) => {
    await tx.position.createMany({ data: rows.positions.map((p) => ({ ...p, agentId })), skipDuplicates: true });
    await tx.agent.update({ where: { id: agentId }, data: { benchmark: rows.benchmark } });
    await appendEvents(tx, workspaceId, [{ type: "agent/updated", data: { agentId } }]);
  });
  const { version, state } = await venue.load(agentId);
  // The capital's transfer was made when the agent was created; the history's books hold it already.
  if (version <= 1)
    await venue.save(agentId, version, {
      ...rows.venue,
      state: { ...rows.venue.state, transfers: [...new Set([...rows.venue.state.transfers, ...state.transfers, "initial"])] },
    });
}

const date = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));

function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}
