import { type Fixed, fixed, ZERO } from "@/server/shared";
import type { FarmStrategy, MoneyRules, NodeKind, OwnFigures, WalletMode } from "@/server/wallets";
import { parseMoneyRules } from "@/server/wallets";
import { type Prices, pricesJson, type Query } from "./load-situation";

/** One wallet as stored, with what it has and has made by itself. */
export type WalletRow = OwnFigures & {
  readonly kind: NodeKind;
  readonly mode: WalletMode;
  readonly name: string;
  readonly currency: string;
  readonly strategy: FarmStrategy | null;
  readonly rules: MoneyRules;
  readonly limits: unknown;
  readonly tradingState: string;
  readonly closed: boolean;
  readonly agentId: string | null;
  readonly status: string | null;
  /** Stretches between flows, chained: up to the last flow, and what the sub-tree was worth right after it. Null = no money came yet. */
  readonly chain: { readonly factor: number; readonly base: Fixed } | null;
  readonly paidIn: Fixed;
  readonly paidOut: Fixed;
};

type Row = Record<string, unknown> & {
  id: string;
  parentId: string | null;
  kind: NodeKind;
  mode: WalletMode;
  name: string;
  currency: string;
  strategy: FarmStrategy | null;
  moneyRules: unknown;
  limits: unknown;
  tradingState: string;
  closed: boolean;
  agentId: string | null;
  status: string | null;
  cash: string;
  reserved: string;
  positions: string;
  realised: string;
  fees: string;
  modelCost: string;
  came: string;
  went: string;
  outsideIn: string;
  outsideOut: string;
  factor: number | null;
  base: string | null;
};

/** Every wallet of a workspace, parents before children where they are as old: one statement, whatever their number. */
export async function loadWallets(query: Query, workspaceId: string, prices: Prices): Promise<readonly WalletRow[]> {
  const rows = await query<Row>(SQL, [workspaceId, pricesJson(prices)]);
  return rows.map((r) => ({
    id: r.id,
    parentId: r.parentId,
    kind: r.kind,
    mode: r.mode,
    name: r.name,
    currency: r.currency,
    strategy: r.strategy,
    rules: parseMoneyRules(r.moneyRules),
    limits: r.limits,
    tradingState: r.tradingState,
    closed: r.closed,
    agentId: r.agentId,
    status: r.status,
    isAgent: r.kind === "agent",
    cash: money(r.cash),
    reserved: money(r.reserved),
    positions: money(r.positions),
    capital: (money(r.came) - money(r.went)) as Fixed,
    realised: money(r.realised),
    fees: money(r.fees),
    modelCost: money(r.modelCost),
    paidIn: money(r.outsideIn),
    paidOut: money(r.outsideOut),
    chain: r.base === null ? null : { factor: r.factor ?? 1, base: money(r.base) },
  }));
}

/** Most figures of most wallets are nothing. */
const money = (text: string): Fixed => (text === "0" ? ZERO : fixed(text));

// $1 workspace, $2 prices
const SQL = `
WITH price AS (SELECT symbol, price FROM jsonb_to_recordset($2::jsonb) AS q(symbol text, price numeric)),
money AS (
  SELECT a."nodeId" AS id, sum(a.balance) FILTER (WHERE a.kind = 'cash') AS cash, sum(a.balance) FILTER (WHERE a.kind = 'hold') AS hold
  FROM "LedgerAccount" a WHERE a."workspaceId" = $1::uuid AND a.kind IN ('cash', 'hold') GROUP BY a."nodeId"),
held AS (
  SELECT p."agentId" AS id, sum(p.quantity * coalesce(q.price, p."averageEntry")) AS worth, sum(p."realisedPnl") AS realised, sum(p."feesPaid") AS fees
  FROM "Agent" g JOIN "Position" p ON p."agentId" = g.id LEFT JOIN price q ON q.symbol = p.symbol WHERE g."workspaceId" = $1::uuid GROUP BY p."agentId"),
came AS (SELECT "toNodeId" AS id, sum(amount) AS total, sum(amount) FILTER (WHERE "fromNodeId" IS NULL) AS outside FROM "Movement"
  WHERE "workspaceId" = $1::uuid AND status IN ('done', 'undone') AND "toNodeId" IS NOT NULL GROUP BY "toNodeId"),
went AS (SELECT "fromNodeId" AS id, sum(amount) AS total, sum(amount) FILTER (WHERE "toNodeId" IS NULL) AS outside FROM "Movement"
  WHERE "workspaceId" = $1::uuid AND status IN ('done', 'undone') AND "fromNodeId" IS NOT NULL GROUP BY "fromNodeId"),
flow AS (
  SELECT "nodeId", "equityBefore"::float8 AS before, "equityBefore" + flow AS after, at, id,
    lag("equityBefore" + flow) OVER (PARTITION BY "nodeId" ORDER BY at, id)::float8 AS base
  FROM "NodeFlow" WHERE "workspaceId" = $1::uuid),
chain AS (
  SELECT "nodeId" AS id, coalesce(CASE WHEN bool_or(base > 0 AND before <= 0) THEN 0 ELSE exp(sum(ln(before / base)) FILTER (WHERE base > 0 AND before > 0)) END, 1) AS factor,
    (array_agg(after ORDER BY at DESC, id DESC))[1] AS base
  FROM flow GROUP BY "nodeId"),
spent AS (SELECT "agentId" AS id, sum(settled) AS cost FROM "ModelCall" WHERE "workspaceId" = $1::uuid AND settled IS NOT NULL GROUP BY "agentId")
SELECT n.id, n."parentId", n.kind, n.mode, n.name, n.currency, n.strategy, n."moneyRules", n.limits, n."tradingState", g.id AS "agentId", g.status,
  (n."closedAt" IS NOT NULL OR coalesce(g.status = 'archived', false)) AS closed,
  coalesce(trim_scale(m.cash), 0)::text AS cash, coalesce(trim_scale(m.hold), 0)::text AS reserved, coalesce(trim_scale(round(h.worth, 18)), 0)::text AS positions,
  coalesce(trim_scale(h.realised), 0)::text AS realised, coalesce(trim_scale(h.fees), 0)::text AS fees, coalesce(trim_scale(s.cost), 0)::text AS "modelCost",
  coalesce(trim_scale(i.total), 0)::text AS came, coalesce(trim_scale(o.total), 0)::text AS went,
  coalesce(trim_scale(i.outside), 0)::text AS "outsideIn", coalesce(trim_scale(o.outside), 0)::text AS "outsideOut",
  c.factor, trim_scale(c.base)::text AS base
FROM "WalletNode" n LEFT JOIN "Agent" g ON g."nodeId" = n.id LEFT JOIN money m ON m.id = n.id LEFT JOIN held h ON h.id = g.id
  LEFT JOIN came i ON i.id = n.id LEFT JOIN went o ON o.id = n.id LEFT JOIN chain c ON c.id = n.id LEFT JOIN spent s ON s.id = g.id
WHERE n."workspaceId" = $1::uuid ORDER BY n."createdAt", n.id`;
