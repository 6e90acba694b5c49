import type { AccountOrders, Agent, OrderRow, OrderStore, PostedExecutions, TurnLease } from "@/server/agents";
import { type Fixed, fixed } from "@/server/shared";
import type { Execution, OrderStatus, Position } from "@/server/trading";
import { markForCommit } from "./after-commit";
import { eventRows } from "./append-events";
import type { Database, Tx } from "./database";
import { decimalToFixed } from "./decimal";
import { ORDER_JSON, orderFromJson, orderFromRow, type StoredOrder } from "./order-row";
import { postExecutions, releases } from "./post-executions";
import { postAllInTransaction } from "./post-transactions";

const LIVE = ["intended", "sending", "open", "partially_filled"];

/** Orders, fills and positions in Postgres; every status change is a compare-and-set on the status it came from. */
export class PrismaOrderStore implements OrderStore {
  constructor(private readonly db: Database) {}

  async live(agentId: string): Promise<readonly OrderRow[]> {
    return (await this.db.prisma.order.findMany({ where: { agentId, status: { in: LIVE } }, orderBy: [{ at: "asc" }, { id: "asc" }] })).map(
      orderFromRow,
    );
  }

  async ofTurn(turnId: string): Promise<readonly OrderRow[]> {
    return (await this.db.prisma.order.findMany({ where: { turnId }, orderBy: { leg: "asc" } })).map(orderFromRow);
  }

  async beginSending(lease: TurnLease, order: OrderRow, wallNow: number): Promise<"sending" | "already" | "halted" | "lost-lease"> {
    // The fence and all trading states (agent, farms, workspace) are read by the statement that writes. A halt that commits while it runs is seen afterwards: see halted.
    const rows = await this.db.prisma.$queryRaw<{ id: string }[]>`
      UPDATE "Order" o SET "status" = 'sending', "sentAt" = ${new Date(wallNow).toISOString()}::timestamptz
        FROM "Turn" t, "Agent" a, "Workspace" w
       WHERE o."id" = ${order.id}::uuid AND o."status" = 'intended' AND t."id" = o."turnId" AND t."fence" = ${lease.fence}
         AND a."id" = o."agentId" AND w."id" = o."workspaceId"
         AND (o."reduceOnly" OR (a."tradingState" = 'active' AND w."tradingState" = 'active' AND NOT EXISTS (
           WITH RECURSIVE above AS (
             SELECT n."parentId" AS id, 1 AS depth FROM "WalletNode" n WHERE n.id = a."nodeId"
             UNION ALL SELECT f."parentId", b.depth + 1 FROM above b JOIN "WalletNode" f ON f.id = b.id WHERE b.depth < 64)
           SELECT FROM above JOIN "WalletNode" f ON f.id = above.id WHERE f.kind = 'farm' AND f."tradingState" <> 'active')))
      RETURNING o."id"`;
    if (rows.length === 1) return "sending";
    const now = await this.db.prisma.order.findUnique({ where: { id: order.id }, select: { status: true, turn: { select: { fence: true } } } });
    if (now?.status !== "intended") return "already";
    return now.turn?.fence === lease.fence ? "halted" : "lost-lease";
  }

  finish(workspaceId: string, agent: { nodeId: string }, order: OrderRow, to: OrderStatus, reason: string | null, at: number): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const held = await changeStatus(tx, workspaceId, order, to, reason, true);
      if (held === null) return false;
      await postAllInTransaction(tx, workspaceId, releases(agent.nodeId, { ...order, heldAmount: held }, at));
      return true;
    });
  }

  setStatus(workspaceId: string, order: OrderRow, to: OrderStatus, reason: string | null): Promise<boolean> {
    return this.db.transaction(async (tx) => (await changeStatus(tx, workspaceId, order, to, reason, false)) !== null);
  }

  async account(agentId: string): Promise<AccountOrders> {
    const [row] = await this.db.raw.query<{ account: { live: StoredOrder[]; lost: StoredOrder[]; cursor: number; halted: boolean } }>(
      `SELECT jsonb_build_object(
         'live', (SELECT coalesce(jsonb_agg(${ORDER_JSON} ORDER BY o.at, o.id), '[]') FROM "Order" o WHERE o."agentId" = $1::uuid AND o.status IN ('intended', 'sending', 'open', 'partially_filled')),
         'lost', (SELECT coalesce(jsonb_agg(${ORDER_JSON}), '[]') FROM "Order" o
            WHERE o."agentId" = $1::uuid AND o.status = 'lost' AND o."sentAt" > (SELECT max(n."sentAt") FROM "Order" n WHERE n."agentId" = $1::uuid) - interval '1 day'),
         'cursor', (SELECT coalesce(max(f.sequence), 0) FROM "Fill" f WHERE f."agentId" = $1::uuid),
         'halted', NOT EXISTS (SELECT FROM "Agent" a JOIN "Workspace" w ON w.id = a."workspaceId"
            WHERE a.id = $1::uuid AND a."tradingState" = 'active' AND w."tradingState" = 'active' AND NOT EXISTS (
              WITH RECURSIVE above AS (
                SELECT n."parentId" AS id, 1 AS depth FROM "WalletNode" n WHERE n.id = a."nodeId"
                UNION ALL SELECT f."parentId", b.depth + 1 FROM above b JOIN "WalletNode" f ON f.id = b.id WHERE b.depth < 64)
              SELECT FROM above JOIN "WalletNode" f ON f.id = above.id WHERE f.kind = 'farm' AND f."tradingState" <> 'active'))) AS account`,
      [agentId],
    );
    if (!row) throw new Error("what an agent has in orders is one row");
    const { live, lost, cursor, halted } = row.account;
    return { live: live.map(orderFromJson), lost: lost.map(orderFromJson), cursor, halted };
  }

  async cursor(agentId: string): Promise<number> {
    return (await this.account(agentId)).cursor;
  }

  async positions(agentId: string): Promise<readonly Position[]> {
    const rows = await this.db.prisma.position.findMany({ where: { agentId }, orderBy: { symbol: "asc" } });
    return rows.map((p) => ({
      symbol: p.symbol,
      quantity: decimalToFixed(p.quantity),
      averageEntry: decimalToFixed(p.averageEntry),
      realisedPnl: decimalToFixed(p.realisedPnl),
      feesPaid: decimalToFixed(p.feesPaid),
    }));
  }

  postExecutions(agent: Agent, venueId: string, executions: readonly Execution[]): Promise<PostedExecutions> {
    return this.db.transaction((tx) => postExecutions(tx, agent, venueId, executions));
  }
}

/** What was on hold when the status changed; null when it had changed already. One statement. */
async function changeStatus(
  tx: Tx,
  workspaceId: string,
  order: OrderRow,
  to: OrderStatus,
  reason: string | null,
  ends: boolean,
): Promise<Fixed | null> {
  const events = eventRows([{ type: "order/changed", data: { agentId: order.agentId, orderId: order.id, status: to } }]);
  const rows = await tx.$queryRaw<{ held: string }[]>`
    WITH before AS (SELECT "id", "heldAmount" FROM "Order" WHERE "id" = ${order.id}::uuid AND "status" = ${order.status} FOR UPDATE),
    changed AS (
      UPDATE "Order" o SET "status" = ${to}, "reason" = ${reason}, "heldAmount" = CASE WHEN ${ends} THEN 0 ELSE b."heldAmount" END
        FROM before b WHERE o."id" = b."id"),
    written AS (
      INSERT INTO "Event" ("id", "workspaceId", "type", "data")
      SELECT r.id, ${workspaceId}::uuid, type, data FROM before, jsonb_to_recordset(${events}::jsonb) AS r(id uuid, type text, data jsonb))
    SELECT "heldAmount"::text AS held FROM before`;
  const [row] = rows;
  if (!row) return null;
  markForCommit(tx, "events");
  return fixed(row.held);
}
