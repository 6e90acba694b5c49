import type { Agent, Benchmark, BookAnswers, BookGoals } from "@/server/agents";
import { type LevelName, parseLimits, protectionReach, type TradingState } from "@/server/risk";
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
  ordersLastMinute: number;
  workspaceOrdersLastMinute: number;
  othersEquity: string;
  /** The farms above the agent, the nearest first. */
  farms: FarmRow[] | null;
  recentOrders: (OrderText & { at: number; farms: number[] | null; own: boolean })[] | null;
  goals: BookGoals["gauges"] | null;
  fills: { symbol: string; side: Side; quantity: string; price: string; fee: string; at: number }[] | null;
};
type OrderText = { symbol: string; side: Side; quantity: string; limitPrice: string | null };
type FarmRow = {
  limits: unknown;
  tradingState: string;
  dayPnl: string;
  ordersLastHour: number;
  ordersLastMinute: number;
  othersEquity: string;
  quantities: { symbol: string; quantity: string }[] | null;
};

/**
 * All the books say for one turn at market time `at`, in one statement. The workspace's P&L of the day is measured at each agent's
 * latest equity point, this agent's own turn included only with its next one.
 */
export const loadBooks = (db: Database, agent: Agent, at: number, until = at): Promise<BookAnswers> =>
  loadBooksIn((sql, params) => db.raw.query(sql, params), agent, at, until);

type Query = <R extends SqlRow>(sql: string, params: readonly unknown[]) => Promise<R[]>;

/** {@link loadBooks} by any way to ask, such as inside a transaction; `until` = market time (ms) up to which the agents' equity counts. */
export async function loadBooksIn(query: Query, agent: Agent, at: number, until = at): Promise<BookAnswers> {
  const day = new Date(utcDayStart(at)).toISOString();
  const hourAgo = new Date(at - HOUR_MS).toISOString();
  const reach = protectionReach(agent.config.protections ?? []);
  const tradesSince = reach > 0 ? new Date(at - reach).toISOString() : null;
  const window = agent.config.limits.duplicateWindowSeconds ?? 0;
  const [row] = await query<{ books: Row }>(SQL, [
    agent.id,
    agent.nodeId,
    agent.workspaceId,
    day,
    hourAgo,
    new Date(at).toISOString(),
    tradesSince,
    window,
    new Date(until).toISOString(),
  ]);
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
    workspaceQuantities: quantitiesOf(b.workspaceQuantities),
    benchmark: benchmarkOf(b.benchmark),
    figures: figuresOf(b),
    goals: b.goals && { gauges: b.goals },
  };
}

const quantitiesOf = (rows: { symbol: string; quantity: string }[] | null) =>
  Object.fromEntries((rows ?? []).map((q) => [q.symbol, fixed(q.quantity)]));

const farmOf = (farm: FarmRow) => ({
  limits: parseLimits(farm.limits, "farm.limits"),
  tradingState: farm.tradingState as TradingState,
  dayPnl: fixed(farm.dayPnl),
  ordersLastHour: farm.ordersLastHour,
  ordersLastMinute: farm.ordersLastMinute,
  othersEquity: fixed(farm.othersEquity),
  quantities: quantitiesOf(farm.quantities),
});

function figuresOf(b: Row): BookAnswers["figures"] {
  const [farm, ...outer] = (b.farms ?? []).map(farmOf);
  return {
    ordersLastMinute: b.ordersLastMinute,
    workspaceOrdersLastMinute: b.workspaceOrdersLastMinute,
    othersEquity: fixed(b.othersEquity),
    farm: farm ?? null,
    ...(outer.length > 0 && { outerFarms: outer }),
    recentOrders: (b.recentOrders ?? []).map(({ own, farms, ...o }) => ({
      ...o,
      quantity: fixed(o.quantity),
      limitPrice: o.limitPrice === null ? null : fixed(o.limitPrice),
      levels: [...(own ? ["agent"] : []), ...(farms?.includes(1) ? ["farm"] : []), "workspace"] as LevelName[],
      ...(farms?.some((nr) => nr > 1) && { outer: farms.filter((nr) => nr > 1).map((nr) => nr - 2) }),
    })),
    closedTrades: {
      fills: (b.fills ?? []).map((f) => ({ ...f, quantity: fixed(f.quantity), price: fixed(f.price), fee: fixed(f.fee) })),
    },
  };
}

function benchmarkOf(stored: Row["benchmark"]): Benchmark | null {
  if (!stored || typeof stored.cash !== "string") return null;
  return { cash: fixed(stored.cash), units: Object.fromEntries(Object.entries(stored.units).map(([s, q]) => [s, fixed(q)])) };
}

// $1 agent, $2 its node, $3 workspace, $4 start of the UTC day, $5 an hour ago, $6 the tick, $7 how far back closed trades count (null = not
// at all), $8 seconds within which the agent refuses the same order again, $9 the time up to which equity counts
const SQL = `
WITH RECURSIVE flow AS (
  SELECT trim_scale(coalesce(sum(p.amount), 0))::text AS total, trim_scale(coalesce(sum(p.amount) FILTER (WHERE t.at >= $4::timestamptz), 0))::text AS today
  FROM "LedgerAccount" a JOIN "Posting" p ON p."accountId" = a.id JOIN "LedgerTransaction" t ON t.id = p."transactionId"
  WHERE a."nodeId" = $2::uuid AND a.kind = 'cash' AND t.kind IN ('allocate', 'collect', 'deposit', 'withdraw')),
above AS (
  SELECT f.*, 1 AS depth FROM "WalletNode" n JOIN "WalletNode" f ON f.id = n."parentId" WHERE n.id = $2::uuid
  UNION ALL SELECT f.*, a.depth + 1 FROM above a JOIN "WalletNode" f ON f.id = a."parentId" WHERE a.depth < 64),
-- The farms above the agent; number 1 is the nearest.
farm AS (SELECT id, limits, "tradingState", row_number() OVER (ORDER BY depth)::int AS nr FROM above WHERE kind = 'farm'),
under AS (
  SELECT n.id, f.nr, 1 AS depth FROM farm f JOIN "WalletNode" n ON n."parentId" = f.id
  UNION ALL SELECT n.id, u.nr, u.depth + 1 FROM under u JOIN "WalletNode" n ON n."parentId" = u.id WHERE u.depth < 64),
inside AS (SELECT id, array_agg(nr ORDER BY nr) AS farms FROM under GROUP BY id),
every_agent AS (SELECT g.id, g."nodeId", g.status <> 'archived' AS live, i.farms
  FROM "Agent" g LEFT JOIN inside i ON i.id = g."nodeId" WHERE g."workspaceId" = $3::uuid),
own_agents AS (SELECT * FROM every_agent WHERE live),
-- An agent that was archived today has lost today what it has lost.
day AS (
  SELECT g.*, n.equity AS now, n.at AS "nowAt", o.equity AS open, coalesce(o.equity, f.equity) AS since, coalesce(o.at, f.at) AS "sinceAt"
  FROM every_agent g
  LEFT JOIN LATERAL (SELECT e.equity, e.at FROM "EquityPoint" e WHERE e."agentId" = g.id AND e.at <= $9::timestamptz ORDER BY e.at DESC LIMIT 1) n ON true
  LEFT JOIN LATERAL (SELECT e.equity, e.at FROM "EquityPoint" e WHERE e."agentId" = g.id AND e.at < $4::timestamptz ORDER BY e.at DESC LIMIT 1) o ON true
  LEFT JOIN LATERAL (SELECT e.equity, e.at FROM "EquityPoint" e WHERE e."agentId" = g.id AND e.at >= $4::timestamptz ORDER BY e.at LIMIT 1) f ON true),
-- Money moved in or out is no profit: between the two points, and what no point shows yet.
moved AS (
  SELECT d.id, sum(p.amount) FILTER (WHERE t.at <= d."nowAt") AS within, sum(p.amount) FILTER (WHERE t.at > d."nowAt") AS after
  FROM "LedgerTransaction" t JOIN "Posting" p ON p."transactionId" = t.id JOIN "LedgerAccount" a ON a.id = p."accountId" JOIN day d ON d."nodeId" = a."nodeId"
  WHERE t."workspaceId" = $3::uuid AND t.at > (SELECT min("sinceAt") FROM day WHERE live OR "nowAt" >= $4::timestamptz) AND t.at > d."sinceAt"
    AND t.kind IN ('allocate', 'collect', 'deposit', 'withdraw') AND a.kind = 'cash' GROUP BY d.id),
profit AS (SELECT d.farms, d.now - d.since - coalesce(m.within, 0) AS pnl FROM day d LEFT JOIN moved m ON m.id = d.id),
hour AS (SELECT o."agentId", o.at > $6::timestamptz - interval '1 minute' AS minute, g.farms FROM "Order" o LEFT JOIN own_agents g ON g.id = o."agentId"
  WHERE o."workspaceId" = $3::uuid AND o.at > $5::timestamptz),
quantities AS (
  SELECT p.symbol, p.quantity, g.farms FROM "Position" p JOIN own_agents g ON g.id = p."agentId" WHERE p.quantity > 0
  UNION ALL
  SELECT o.symbol, o.quantity - o."filledQuantity", g.farms FROM "Order" o JOIN own_agents g ON g.id = o."agentId"
   WHERE o."agentId" <> $1::uuid AND o.side = 'buy' AND o.status IN ('intended', 'sending', 'open', 'partially_filled')),
duplicates AS (SELECT greatest($8::int, coalesce((w.limits->>'duplicateWindowSeconds')::int, 0), coalesce((SELECT max((limits->>'duplicateWindowSeconds')::int) FROM farm), 0)) AS seconds
  FROM "Workspace" w WHERE w.id = $3::uuid),
-- Who has never decided has never traded: its cash is what it is worth.
worth AS (SELECT day.id, farms, coalesce(now + coalesce(m.after, 0), (SELECT sum(l.balance) FROM "LedgerAccount" l WHERE l."nodeId" = day."nodeId" AND l.kind IN ('cash', 'hold')), 0) AS equity
  FROM day LEFT JOIN moved m ON m.id = day.id WHERE day.live AND day.id <> $1::uuid),
run AS (
  SELECT f.symbol, f.side, f.quantity, f.price, f.fee, f.at, f.sequence,
    sum(CASE f.side WHEN 'buy' THEN f.quantity ELSE -f.quantity END) OVER (PARTITION BY f.symbol ORDER BY f.sequence) AS after
  FROM "Fill" f WHERE $7::timestamptz IS NOT NULL AND f."agentId" = $1::uuid),
flat AS (SELECT symbol, max(sequence) AS sequence FROM run WHERE after = 0 AND at <= $7::timestamptz GROUP BY symbol)
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
  'workspaceQuantities', (SELECT jsonb_agg(q) FROM (SELECT symbol, trim_scale(sum(quantity))::text AS quantity FROM quantities GROUP BY symbol) q),
  'ordersLastMinute', (SELECT count(*) FROM hour WHERE "agentId" = $1::uuid AND minute),
  'workspaceOrdersLastMinute', (SELECT count(*) FROM hour WHERE minute),
  'othersEquity', (SELECT trim_scale(coalesce(sum(equity), 0))::text FROM worth),
  'farms', (SELECT jsonb_agg(jsonb_build_object('limits', coalesce(f.limits, '{}'::jsonb), 'tradingState', f."tradingState",
     'dayPnl', (SELECT trim_scale(coalesce(sum(pnl), 0))::text FROM profit WHERE f.nr = ANY(farms)),
     'ordersLastHour', (SELECT count(*) FROM hour WHERE f.nr = ANY(farms)), 'ordersLastMinute', (SELECT count(*) FROM hour WHERE f.nr = ANY(farms) AND minute),
     'othersEquity', (SELECT trim_scale(coalesce(sum(equity), 0))::text FROM worth WHERE f.nr = ANY(farms)),
     'quantities', (SELECT jsonb_agg(q) FROM (SELECT symbol, trim_scale(sum(quantity))::text AS quantity FROM quantities WHERE f.nr = ANY(farms) GROUP BY symbol) q))
     ORDER BY f.nr) FROM farm f),
  'recentOrders', (SELECT jsonb_agg(jsonb_build_object('symbol', o.symbol, 'side', o.side, 'quantity', trim_scale(o.quantity)::text,
     'limitPrice', trim_scale(o."limitPrice")::text, 'at', (extract(epoch FROM o.at) * 1000)::bigint, 'own', o."agentId" = $1::uuid, 'farms', g.farms)
     ORDER BY o.at, o.id)
     FROM duplicates d JOIN "Order" o ON d.seconds > 0 AND o."workspaceId" = $3::uuid AND o.at > $6::timestamptz - make_interval(secs => d.seconds)
     JOIN own_agents g ON g.id = o."agentId"),
  'fills', (SELECT jsonb_agg(jsonb_build_object('symbol', r.symbol, 'side', r.side, 'quantity', trim_scale(r.quantity)::text, 'price', trim_scale(r.price)::text,
     'fee', trim_scale(r.fee)::text, 'at', (extract(epoch FROM r.at) * 1000)::bigint) ORDER BY r.sequence)
     FROM run r LEFT JOIN flat f ON f.symbol = r.symbol WHERE f.sequence IS NULL OR r.sequence > f.sequence),
  'goals', (SELECT gauges FROM "GoalBudget" WHERE "agentId" = $1::uuid),
  'workspaceDayPnl', (SELECT trim_scale(coalesce(sum(pnl), 0))::text FROM profit)
) AS books`;
