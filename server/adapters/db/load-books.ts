import type { Agent, Benchmark, BookAnswers } from "@/server/agents";
import { parseLimits, type TradingState } from "@/server/risk";
import { type Fixed, fixed, HOUR_MS, utcDayStart } from "@/server/shared";
import type { OrderType, Side } from "@/server/trading";
import type { Database, SqlRow } from "./database";

type Row = {
  workspace: { limits: unknown; tradingState: string; dailyModelCap: string };
  benchmark: { cash: string; units: Record<string, string> } | null;
  balances: { kind: string; currency: string; balance: string }[] | null;
  positions: { symbol: string; quantity: string; averageEntry: string; realisedPnl: string; feesPaid: string }[] | null;
  orders: { id: string; symbol: string; side: Side; type: OrderType; quantity: string; filledQuantity: string; limitPrice: string | null }[] | null;
  dayOpen: string | null;
  flows: { total: string; today: string };
  ordersLastHour: number;
  workspaceOrdersLastHour: number;
  workspaceQuantities: { symbol: string; quantity: string }[] | null;
  workspaceDayPnl: string;
};

/**
 * All the books say for one turn at market time `at`, in one statement. The workspace's P&L of the day is measured at each agent's
 * latest equity point, this agent's own turn included only with its next one.
 */
export const loadBooks = (db: Database, agent: Agent, at: number): Promise<BookAnswers> =>
  loadBooksIn((sql, params) => db.raw.query(sql, params), agent, at);

type Query = <R extends SqlRow>(sql: string, params: readonly unknown[]) => Promise<R[]>;

/** {@link loadBooks} by any way to ask, such as inside a transaction. */
export async function loadBooksIn(query: Query, agent: Agent, at: number): Promise<BookAnswers> {
  const day = new Date(utcDayStart(at)).toISOString();
  const hourAgo = new Date(at - HOUR_MS).toISOString();
  const [row] = await query<{ books: Row }>(SQL, [agent.id, agent.nodeId, agent.workspaceId, day, hourAgo, new Date(at).toISOString()]);
  if (!row) throw new Error("the books of an agent are one row");
  const b = row.books;
  const balance = (kind: string): Fixed => fixed(b.balances?.find((x) => x.kind === kind && x.currency === agent.baseCurrency)?.balance ?? "0");
  return {
    cash: balance("cash"),
    held: balance("hold"),
    positions: (b.positions ?? []).map((p) => ({
      symbol: p.symbol,
      quantity: fixed(p.quantity),
      averageEntry: fixed(p.averageEntry),
      realisedPnl: fixed(p.realisedPnl),
      feesPaid: fixed(p.feesPaid),
    })),
    openOrders: (b.orders ?? []).map((o) => ({
      clientOrderId: o.id,
      symbol: o.symbol,
      side: o.side,
      type: o.type,
      quantity: fixed(o.quantity),
      filledQuantity: fixed(o.filledQuantity),
      limitPrice: o.limitPrice === null ? null : fixed(o.limitPrice),
    })),
    workspace: {
      limits: parseLimits(b.workspace.limits, "workspace.limits"),
      tradingState: b.workspace.tradingState as TradingState,
      dailyModelCap: fixed(b.workspace.dailyModelCap),
    },
    dayOpen: b.dayOpen === null ? null : fixed(b.dayOpen),
    flowsToday: fixed(b.flows.today),
    flowsTotal: fixed(b.flows.total),
    ordersLastHour: b.ordersLastHour,
    workspaceOrdersLastHour: b.workspaceOrdersLastHour,
    workspaceDayPnl: fixed(b.workspaceDayPnl),
    workspaceQuantities: Object.fromEntries((b.workspaceQuantities ?? []).map((q) => [q.symbol, fixed(q.quantity)])),
    benchmark: benchmarkOf(b.benchmark),
  };
}

function benchmarkOf(stored: Row["benchmark"]): Benchmark | null {
  if (!stored || typeof stored.cash !== "string") return null;
  return { cash: fixed(stored.cash), units: Object.fromEntries(Object.entries(stored.units).map(([s, q]) => [s, fixed(q)])) };
}

// $1 agent, $2 its node, $3 workspace, $4 start of the UTC day, $5 an hour ago, $6 the tick
const SQL = `
WITH flow AS (
  SELECT trim_scale(coalesce(sum(p.amount), 0))::text AS total, trim_scale(coalesce(sum(p.amount) FILTER (WHERE t.at >= $4::timestamptz), 0))::text AS today
  FROM "LedgerAccount" a JOIN "Posting" p ON p."accountId" = a.id JOIN "LedgerTransaction" t ON t.id = p."transactionId"
  WHERE a."nodeId" = $2::uuid AND a.kind = 'cash' AND t.kind IN ('allocate', 'collect', 'deposit', 'withdraw')),
own_agents AS (SELECT id, "nodeId" FROM "Agent" WHERE "workspaceId" = $3::uuid AND status <> 'archived'),
day AS (
  SELECT g.id,
    (SELECT e.equity FROM "EquityPoint" e WHERE e."agentId" = g.id AND e.at <= $6::timestamptz ORDER BY e.at DESC LIMIT 1) AS now,
    (SELECT e.equity FROM "EquityPoint" e WHERE e."agentId" = g.id AND e.at < $4::timestamptz ORDER BY e.at DESC LIMIT 1) AS open,
    (SELECT e.equity FROM "EquityPoint" e WHERE e."agentId" = g.id AND e.at >= $4::timestamptz ORDER BY e.at LIMIT 1) AS first
  FROM own_agents g),
hour AS (SELECT o."agentId" FROM "Order" o WHERE o."workspaceId" = $3::uuid AND o.at > $5::timestamptz)
SELECT jsonb_build_object(
  'workspace', (SELECT jsonb_build_object('limits', w.limits, 'tradingState', w."tradingState", 'dailyModelCap', trim_scale(w."dailyModelCap")::text) FROM "Workspace" w WHERE w.id = $3::uuid),
  'benchmark', (SELECT benchmark FROM "Agent" WHERE id = $1::uuid),
  'balances', (SELECT jsonb_agg(jsonb_build_object('kind', kind, 'currency', currency, 'balance', trim_scale(balance)::text)) FROM "LedgerAccount" WHERE "nodeId" = $2::uuid),
  'positions', (SELECT jsonb_agg(jsonb_build_object('symbol', symbol, 'quantity', trim_scale(quantity)::text, 'averageEntry', trim_scale("averageEntry")::text,
     'realisedPnl', trim_scale("realisedPnl")::text, 'feesPaid', trim_scale("feesPaid")::text) ORDER BY symbol) FROM "Position" WHERE "agentId" = $1::uuid),
  'orders', (SELECT jsonb_agg(jsonb_build_object('id', id, 'symbol', symbol, 'side', side, 'type', type, 'quantity', trim_scale(quantity)::text,
     'filledQuantity', trim_scale("filledQuantity")::text, 'limitPrice', trim_scale("limitPrice")::text) ORDER BY at, id)
     FROM "Order" WHERE "agentId" = $1::uuid AND status IN ('intended', 'sending', 'open', 'partially_filled')),
  'dayOpen', (SELECT trim_scale(open)::text FROM day WHERE id = $1::uuid),
  'flows', (SELECT jsonb_build_object('total', total, 'today', today) FROM flow),
  'ordersLastHour', (SELECT count(*) FROM hour WHERE "agentId" = $1::uuid),
  'workspaceOrdersLastHour', (SELECT count(*) FROM hour),
  'workspaceQuantities', (SELECT jsonb_agg(jsonb_build_object('symbol', symbol, 'quantity', quantity)) FROM (
     SELECT h.symbol, trim_scale(sum(h.quantity))::text AS quantity FROM (
       SELECT p.symbol, p.quantity FROM "Position" p JOIN own_agents g ON g.id = p."agentId" WHERE p.quantity > 0
       UNION ALL
       SELECT o.symbol, o.quantity - o."filledQuantity" FROM "Order" o JOIN own_agents g ON g.id = o."agentId"
        WHERE o."agentId" <> $1::uuid AND o.side = 'buy' AND o.status IN ('intended', 'sending', 'open', 'partially_filled')) h GROUP BY h.symbol) q),
  'workspaceDayPnl', (SELECT trim_scale(coalesce(sum(now - coalesce(open, first)), 0))::text FROM day)
) AS books`;
