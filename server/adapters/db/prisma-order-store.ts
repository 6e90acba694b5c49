import type { Agent, OrderRow, OrderStore, TurnLease } from "@/server/agents";
import { fillDraft, releaseDraft } from "@/server/ledger";
import type { EventDraft } from "@/server/events";
import { add, type Fixed, hashId, toText } from "@/server/shared";
import {
  applyFill,
  emptyPosition,
  type Execution,
  fillAmounts,
  isTerminal,
  type OrderStatus,
  type Position,
  transitionOrder,
} from "@/server/trading";
import { appendEvents } from "./append-events";
import type { Database, Tx } from "./database";
import { decimalToFixed, fixedToDecimal } from "./decimal";
import { orderFromRow } from "./order-row";
import { postAllInTransaction, postInTransaction } from "./post-transactions";

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
    // The fence and both trading states are read by the statement that writes. A halt that commits while it runs is seen afterwards: see halted.
    const rows = await this.db.prisma.$queryRaw<{ id: string }[]>`
      UPDATE "Order" o SET "status" = 'sending', "sentAt" = ${new Date(wallNow).toISOString()}::timestamptz
        FROM "Turn" t, "Agent" a, "Workspace" w
       WHERE o."id" = ${order.id}::uuid AND o."status" = 'intended' AND t."id" = o."turnId" AND t."fence" = ${lease.fence}
         AND a."id" = o."agentId" AND w."id" = o."workspaceId"
         AND (o."reduceOnly" OR (a."tradingState" = 'active' AND w."tradingState" = 'active'))
      RETURNING o."id"`;
    if (rows.length === 1) return "sending";
    const now = await this.db.prisma.order.findUnique({ where: { id: order.id }, select: { status: true, turn: { select: { fence: true } } } });
    if (now?.status !== "intended") return "already";
    return now.turn?.fence === lease.fence ? "halted" : "lost-lease";
  }

  async halted(agentId: string): Promise<boolean> {
    const active = await this.db.prisma.agent.count({ where: { id: agentId, tradingState: "active", workspace: { tradingState: "active" } } });
    return active === 0;
  }

  finish(workspaceId: string, agent: { nodeId: string }, order: OrderRow, to: OrderStatus, reason: string | null, at: number): Promise<boolean> {
    return this.db.transaction(async (tx) => {
      const held = await this.#change(tx, workspaceId, order, to, reason, { heldAmount: 0 });
      if (held === null) return false;
      await release(tx, workspaceId, agent.nodeId, { ...order, heldAmount: held }, at);
      return true;
    });
  }

  setStatus(workspaceId: string, order: OrderRow, to: OrderStatus, reason: string | null): Promise<boolean> {
    return this.db.transaction(async (tx) => (await this.#change(tx, workspaceId, order, to, reason, {})) !== null);
  }

  /** What was on hold when the status changed; null when it had changed already. */
  async #change(
    tx: Tx,
    workspaceId: string,
    order: OrderRow,
    to: OrderStatus,
    reason: string | null,
    data: { heldAmount?: number },
  ): Promise<Fixed | null> {
    const row = await tx.order.findUnique({ where: { id: order.id }, select: { heldAmount: true } });
    const { count } = await tx.order.updateMany({ where: { id: order.id, status: order.status }, data: { status: to, reason, ...data } });
    if (count === 0 || !row) return null;
    await appendEvents(tx, workspaceId, [{ type: "order/changed", data: { agentId: order.agentId, orderId: order.id, status: to } }]);
    return decimalToFixed(row.heldAmount);
  }

  async cursor(agentId: string): Promise<number> {
    return (await this.db.prisma.fill.aggregate({ where: { agentId }, _max: { sequence: true } }))._max.sequence ?? 0;
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

  postExecutions(agent: Agent, venueId: string, executions: readonly Execution[]): Promise<number> {
    return this.db.transaction(async (tx) => {
      // The agent's row serialises posters; what the other one stored is then seen here.
      await tx.$queryRaw`SELECT id FROM "Agent" WHERE id = ${agent.id}::uuid FOR UPDATE`;
      const stored = await tx.fill.findMany({
        where: { agentId: agent.id, sequence: { in: executions.map((e) => e.sequence) } },
        select: { sequence: true },
      });
      const fresh = executions.filter((e) => !stored.some((s) => s.sequence === e.sequence));
      if (fresh.length === 0) return 0;
      await postFresh(tx, agent, venueId, fresh);
      return fresh.length;
    });
  }
}

async function postFresh(tx: Tx, agent: Agent, venueId: string, executions: readonly Execution[]): Promise<void> {
  const { workspaceId, nodeId, id: agentId } = agent;
  const orders = new Map(
    (await tx.order.findMany({ where: { id: { in: executions.map((e) => e.clientOrderId) } } })).map((o) => [o.id, orderFromRow(o)]),
  );
  const positions = new Map(
    (await tx.position.findMany({ where: { agentId } })).map((p) => [
      p.symbol,
      {
        symbol: p.symbol,
        quantity: decimalToFixed(p.quantity),
        averageEntry: decimalToFixed(p.averageEntry),
        realisedPnl: decimalToFixed(p.realisedPnl),
        feesPaid: decimalToFixed(p.feesPaid),
      } as Position,
    ]),
  );
  const fills = executions.map((e) => {
    const order = orders.get(e.clientOrderId);
    // A fill of an order we never made is not ours to book: it stops the agent's books here, loudly.
    if (!order) throw new Error(`the venue reports an execution of an unknown order ${e.clientOrderId}`);
    const { notional } = fillAmounts(e);
    const [base = "", quote = ""] = e.symbol.split("/");
    const fillId = hashId("fill", venueId, agentId, e.executionId);
    const { draft, heldAfter } = fillDraft({
      fillId,
      nodeId,
      at: e.at,
      orderId: order.id,
      ...(order.turnId === null ? {} : { turnId: order.turnId }),
      side: e.side,
      base,
      quote,
      quantity: e.quantity,
      notional,
      fee: e.fee,
      held: order.heldAmount,
    });
    const filledQuantity = add(order.filledQuantity, e.quantity);
    const status = transitionOrder(order.status, filledQuantity === order.quantity ? "fill-all" : "fill-part");
    orders.set(order.id, { ...order, status, filledQuantity, filledNotional: add(order.filledNotional, notional), heldAmount: heldAfter });
    positions.set(e.symbol, applyFill(positions.get(e.symbol) ?? emptyPosition(e.symbol), e));
    return { fillId, execution: e, draft, orderId: order.id };
  });
  const posted = await postAllInTransaction(
    tx,
    workspaceId,
    fills.map((f) => f.draft),
  );
  await tx.fill.createMany({
    data: fills.map(({ fillId, execution: e, orderId }, i) => ({
      id: fillId,
      workspaceId,
      agentId,
      orderId,
      executionId: e.executionId,
      sequence: e.sequence,
      symbol: e.symbol,
      side: e.side,
      quantity: fixedToDecimal(e.quantity),
      price: fixedToDecimal(e.price),
      fee: fixedToDecimal(e.fee),
      liquidity: e.liquidity,
      at: new Date(e.at),
      transactionId: posted[i]?.transactionId ?? "",
    })),
  });
  await writePositions(
    tx,
    agentId,
    [...new Set(executions.map((e) => e.symbol))].map((s) => positions.get(s) ?? emptyPosition(s)),
  );
  const changed = [...new Set(fills.map((f) => f.orderId))].map((id) => orders.get(id)).filter((o): o is OrderRow => o !== undefined);
  for (const order of changed) await writeOrder(tx, workspaceId, nodeId, order, executions.at(-1)?.at ?? 0);
  await appendEvents(tx, workspaceId, [
    ...fills.map((f) => fillEvent(agentId, f.orderId, f.execution)),
    ...changed.map((o): EventDraft => ({ type: "order/changed", data: { agentId, orderId: o.id, status: o.status } })),
  ]);
}

const fillEvent = (agentId: string, orderId: string, e: Execution): EventDraft => ({
  type: "fill/posted",
  data: { agentId, orderId, symbol: e.symbol, side: e.side, quantity: toText(e.quantity), price: toText(e.price), at: e.at },
});

async function writePositions(tx: Tx, agentId: string, positions: readonly Position[]): Promise<void> {
  const rows = positions.map((p) => ({
    symbol: p.symbol,
    quantity: toText(p.quantity),
    entry: toText(p.averageEntry),
    pnl: toText(p.realisedPnl),
    fees: toText(p.feesPaid),
  }));
  await tx.$executeRaw`
    INSERT INTO "Position" ("agentId", "symbol", "quantity", "averageEntry", "realisedPnl", "feesPaid")
    SELECT ${agentId}::uuid, symbol, quantity, entry, pnl, fees
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(symbol text, quantity numeric(38,18), entry numeric(38,18), pnl numeric(38,18), fees numeric(38,18))
    ON CONFLICT ("agentId", "symbol") DO UPDATE SET "quantity" = EXCLUDED."quantity", "averageEntry" = EXCLUDED."averageEntry",
      "realisedPnl" = EXCLUDED."realisedPnl", "feesPaid" = EXCLUDED."feesPaid"`;
}

/** The order after its fills; one that is done gives back what it still holds. */
async function writeOrder(tx: Tx, workspaceId: string, nodeId: string, order: OrderRow, at: number): Promise<void> {
  const done = isTerminal(order.status);
  await tx.order.update({
    where: { id: order.id },
    data: {
      status: order.status,
      filledQuantity: fixedToDecimal(order.filledQuantity),
      filledNotional: fixedToDecimal(order.filledNotional),
      heldAmount: done ? 0 : fixedToDecimal(order.heldAmount),
    },
  });
  if (done) await release(tx, workspaceId, nodeId, order, at);
}

async function release(tx: Tx, workspaceId: string, nodeId: string, order: OrderRow, at: number): Promise<void> {
  if (order.heldAmount <= 0n || order.heldCurrency === null) return;
  await postInTransaction(
    tx,
    workspaceId,
    releaseDraft({
      key: `release:${order.id}`,
      nodeId,
      currency: order.heldCurrency,
      amount: order.heldAmount,
      at,
      orderId: order.id,
      ...(order.turnId === null ? {} : { turnId: order.turnId }),
    }),
  );
}
