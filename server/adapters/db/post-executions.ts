import type { Agent, OrderRow, PostedExecutions } from "@/server/agents";
import type { EventDraft } from "@/server/events";
import { fillDraft, releaseDraft, type TransactionDraft } from "@/server/ledger";
import { add, fixed, hashId, toText } from "@/server/shared";
import { applyFill, type Execution, emptyPosition, fillAmounts, isTerminal, type Position, transitionOrder } from "@/server/trading";
import { markForCommit } from "./after-commit";
import { eventRows } from "./append-events";
import type { Tx } from "./database";
import { ORDER_JSON, orderFromJson, type StoredOrder } from "./order-row";
import { postAllInTransaction } from "./post-transactions";

type Texts<K extends string> = { readonly [k in K]: string };
type StoredPosition = Texts<"symbol" | "quantity" | "averageEntry" | "realisedPnl" | "feesPaid">;
type Stored = { sequences: number[]; orders: StoredOrder[]; positions: StoredPosition[] };

/** Fills, their postings, positions and orders of executions not stored before: five statements in the caller's transaction. */
export async function postExecutions(tx: Tx, agent: Agent, venueId: string, executions: readonly Execution[]): Promise<PostedExecutions> {
  // The agent's row serialises posters; what the other one stored is then seen by the next statement.
  await tx.$queryRaw`SELECT id FROM "Agent" WHERE id = ${agent.id}::uuid FOR UPDATE`;
  const stored = await readStored(tx, agent.id, executions);
  const fresh = executions.filter((e) => !stored.sequences.includes(e.sequence));
  if (fresh.length === 0) return { count: 0, orders: [] };
  const { workspaceId, nodeId, id: agentId } = agent;
  const orders = new Map(stored.orders.map((o) => [o.id, orderFromJson(o)]));
  const positions = new Map(stored.positions.map((p) => [p.symbol, positionFromJson(p)]));
  const fills = fresh.map((e) => {
    const order = orders.get(e.clientOrderId);
    // A fill of an order we never made is not ours to book: it stops the agent's books here, loudly.
    if (!order) throw new Error(`the venue reports an execution of an unknown order ${e.clientOrderId}`);
    const fill = bookFill(agent, venueId, order, e);
    orders.set(order.id, fill.order);
    positions.set(e.symbol, applyFill(positions.get(e.symbol) ?? emptyPosition(e.symbol), e));
    return fill;
  });
  const changed = [...orders.values()];
  const at = fresh.at(-1)?.at ?? 0;
  // What an order that is done still holds is given back in the same batch.
  const drafts = [...fills.map((f) => f.draft), ...changed.filter((o) => isTerminal(o.status)).flatMap((o) => releases(nodeId, o, at))];
  const posted = await postAllInTransaction(tx, workspaceId, drafts);
  const rows = fills.map((f, i) => ({ ...f.row, transactionId: posted[i]?.transactionId }));
  const moved = [...new Set(fresh.map((e) => e.symbol))].map((s) => positionToJson(positions.get(s) ?? emptyPosition(s)));
  const events = [
    ...fills.map((f) => f.event),
    ...changed.map((o): EventDraft => ({ type: "order/changed", data: { agentId, orderId: o.id, status: o.status } })),
  ];
  const after = changed.map((o) => (isTerminal(o.status) ? { ...o, heldAmount: fixed("0") } : o));
  await write(tx, workspaceId, agentId, { rows, moved, orders: after.map(orderChange), events });
  return { count: fresh.length, orders: after };
}

async function readStored(tx: Tx, agentId: string, executions: readonly Execution[]): Promise<Stored> {
  const ids = JSON.stringify([...new Set(executions.map((e) => e.clientOrderId))]);
  const sequences = JSON.stringify(executions.map((e) => e.sequence));
  const [row] = await tx.$queryRawUnsafe<{ stored: Stored }[]>(
    `SELECT jsonb_build_object(
       'sequences', (SELECT coalesce(jsonb_agg(f.sequence), '[]') FROM "Fill" f WHERE f."agentId" = $1::uuid
          AND f.sequence IN (SELECT value::int FROM jsonb_array_elements_text($2::jsonb))),
       'orders', (SELECT coalesce(jsonb_agg(${ORDER_JSON}), '[]') FROM "Order" o WHERE o."agentId" = $1::uuid
          AND o.id IN (SELECT value::uuid FROM jsonb_array_elements_text($3::jsonb))),
       'positions', (SELECT coalesce(jsonb_agg(jsonb_build_object('symbol', p.symbol, 'quantity', trim_scale(p.quantity)::text,
          'averageEntry', trim_scale(p."averageEntry")::text, 'realisedPnl', trim_scale(p."realisedPnl")::text,
          'feesPaid', trim_scale(p."feesPaid")::text)), '[]') FROM "Position" p WHERE p."agentId" = $1::uuid)) AS stored`,
    agentId,
    sequences,
    ids,
  );
  if (!row) throw new Error("what is stored of an agent is one row");
  return row.stored;
}

function bookFill(agent: Agent, venueId: string, order: OrderRow, e: Execution) {
  const { notional } = fillAmounts(e);
  const [base = "", quote = ""] = e.symbol.split("/");
  const fillId = hashId("fill", venueId, agent.id, e.executionId);
  const { draft, heldAfter } = fillDraft({
    fillId,
    nodeId: agent.nodeId,
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
  const texts = { quantity: toText(e.quantity), price: toText(e.price), fee: toText(e.fee) };
  const event: EventDraft = {
    type: "fill/posted",
    data: { agentId: agent.id, orderId: order.id, symbol: e.symbol, side: e.side, quantity: texts.quantity, price: texts.price, at: e.at },
  };
  return {
    draft,
    event,
    order: { ...order, status, filledQuantity, filledNotional: add(order.filledNotional, notional), heldAmount: heldAfter },
    row: {
      id: fillId,
      orderId: order.id,
      executionId: e.executionId,
      sequence: e.sequence,
      symbol: e.symbol,
      side: e.side,
      ...texts,
      liquidity: e.liquidity,
      at: new Date(e.at).toISOString(),
    },
  };
}

/** The draft that gives back what an ended order still holds; none when it holds nothing. */
export function releases(nodeId: string, order: OrderRow, at: number): TransactionDraft[] {
  if (order.heldAmount <= 0n || order.heldCurrency === null) return [];
  return [
    releaseDraft({
      key: `release:${order.id}`,
      nodeId,
      currency: order.heldCurrency,
      amount: order.heldAmount,
      at,
      orderId: order.id,
      ...(order.turnId === null ? {} : { turnId: order.turnId }),
    }),
  ];
}

type Rows = {
  readonly rows: readonly object[];
  readonly moved: readonly object[];
  readonly orders: readonly object[];
  readonly events: readonly EventDraft[];
};

async function write(tx: Tx, workspaceId: string, agentId: string, { rows, moved, orders, events }: Rows): Promise<void> {
  await tx.$queryRaw`
    WITH fills AS (
      INSERT INTO "Fill" ("id", "workspaceId", "agentId", "orderId", "executionId", "sequence", "symbol", "side", "quantity", "price", "fee", "liquidity", "at", "transactionId")
      SELECT r."id", ${workspaceId}::uuid, ${agentId}::uuid, r."orderId", r."executionId", r."sequence", r."symbol", r."side", r."quantity", r."price", r."fee", r."liquidity", r."at", r."transactionId"
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("id" uuid, "orderId" uuid, "executionId" text, "sequence" int, "symbol" text, "side" text,
          "quantity" numeric(38,18), "price" numeric(38,18), "fee" numeric(38,18), "liquidity" text, "at" timestamptz, "transactionId" uuid)),
    moved AS (
      INSERT INTO "Position" ("agentId", "symbol", "quantity", "averageEntry", "realisedPnl", "feesPaid")
      SELECT ${agentId}::uuid, "symbol", "quantity", "averageEntry", "realisedPnl", "feesPaid"
        FROM jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) AS p("symbol" text, "quantity" numeric(38,18), "averageEntry" numeric(38,18), "realisedPnl" numeric(38,18), "feesPaid" numeric(38,18))
      ON CONFLICT ("agentId", "symbol") DO UPDATE SET "quantity" = EXCLUDED."quantity", "averageEntry" = EXCLUDED."averageEntry",
        "realisedPnl" = EXCLUDED."realisedPnl", "feesPaid" = EXCLUDED."feesPaid"),
    orders AS (
      UPDATE "Order" o SET "status" = c."status", "filledQuantity" = c."filledQuantity", "filledNotional" = c."filledNotional", "heldAmount" = c."heldAmount"
        FROM jsonb_to_recordset(${JSON.stringify(orders)}::jsonb) AS c("id" uuid, "status" text, "filledQuantity" numeric(38,18), "filledNotional" numeric(38,18), "heldAmount" numeric(38,18))
       WHERE o."id" = c."id"),
    written AS (
      INSERT INTO "Event" ("id", "workspaceId", "type", "data")
      SELECT id, ${workspaceId}::uuid, type, data FROM jsonb_to_recordset(${eventRows(events)}::jsonb) AS r(id uuid, type text, data jsonb))
    SELECT 1 AS done`;
  markForCommit(tx, "events");
}

const orderChange = (o: OrderRow) => ({
  id: o.id,
  status: o.status,
  filledQuantity: toText(o.filledQuantity),
  filledNotional: toText(o.filledNotional),
  heldAmount: toText(o.heldAmount),
});

const positionFromJson = (p: StoredPosition): Position => ({
  symbol: p.symbol,
  quantity: fixed(p.quantity),
  averageEntry: fixed(p.averageEntry),
  realisedPnl: fixed(p.realisedPnl),
  feesPaid: fixed(p.feesPaid),
});

const positionToJson = (p: Position): StoredPosition => ({
  symbol: p.symbol,
  quantity: toText(p.quantity),
  averageEntry: toText(p.averageEntry),
  realisedPnl: toText(p.realisedPnl),
  feesPaid: toText(p.feesPaid),
});
