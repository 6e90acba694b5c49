import { type Fixed, fixed, notFound, toText } from "@/server/shared";
import {
  equitiesNeeded,
  type MoneyOrder,
  type MoneySituation,
  type NodeKind,
  parseMoneyRules,
  type WalletMode,
  type WalletNodeState,
} from "@/server/wallets";
import type { SqlRow } from "../database";
import { loadRecentMovements } from "./load-recent-movements";

export type Query = <R extends SqlRow>(sql: string, params?: readonly unknown[]) => Promise<R[]>;
/** Last prices by symbol; what is missing is valued at its entry. */
export type Prices = Readonly<Record<string, Fixed>>;

type NodeRow = {
  id: string;
  parentId: string | null;
  kind: NodeKind;
  mode: WalletMode;
  name: string;
  currency: string;
  moneyRules: unknown;
  closed: boolean;
  cash: string;
  reserved: string;
  positions: string;
  lastMovedAt: number | null;
};

/** What a situation is looked at with. `askedBy` = whose movements of the last 24 hours count ("user:…"), where a rule counts them; null = nobody's. */
export type SituationContext = {
  readonly at: number;
  readonly wallAt: number;
  readonly prices: Prices;
  readonly batchId?: string;
  readonly askedBy: string | null;
};

/**
 * The nodes that orders name, all above them, and what the sub-trees they touch are worth: two statements, and one for what a person has moved
 * where a rule asks for a second one. Throws NOT_FOUND for another tenant's.
 */
export async function loadSituation(
  query: Query,
  workspaceId: string,
  orders: readonly MoneyOrder[],
  context: SituationContext,
): Promise<MoneySituation> {
  const ends = [...new Set(orders.flatMap((o) => [o.fromNodeId, o.toNodeId]).filter((id): id is string => id !== null))];
  const nodes = await loadNodes(query, workspaceId, ends, context);
  for (const id of ends) if (!nodes.has(id)) throw notFound("This wallet");
  const equity = await loadEquities(query, workspaceId, equitiesNeeded(nodes, orders), context.prices);
  const { at, askedBy } = context;
  const rules = askedBy === null ? [] : [...nodes.values()].filter((n) => n.rules.approvalFrom !== null).map((n) => n.id);
  if (askedBy === null || rules.length === 0) return { nodes, equity, at };
  return { nodes, equity, at, recent: await loadRecentMovements(query, workspaceId, rules, { ...context, askedBy }) };
}

/** The nodes and all above them. Movements of `batchId` do not count as the last ones. */
export async function loadNodes(
  query: Query,
  workspaceId: string,
  ids: readonly string[],
  { prices, batchId }: { readonly prices: Prices; readonly batchId?: string },
): Promise<ReadonlyMap<string, WalletNodeState>> {
  const rows = await query<NodeRow>(NODES, [ids, workspaceId, pricesJson(prices), batchId ?? null]);
  return new Map(
    rows.map(({ moneyRules, cash, reserved, positions, lastMovedAt, ...n }) => [
      n.id,
      {
        ...n,
        rules: parseMoneyRules(moneyRules),
        cash: fixed(cash),
        reserved: fixed(reserved),
        positions: fixed(positions),
        lastMovedAt: lastMovedAt === null ? null : Number(lastMovedAt),
      },
    ]),
  );
}

/** Worth of each sub-tree: cash, holds, and positions at the given prices. */
export async function loadEquities(query: Query, workspaceId: string, ids: readonly string[], prices: Prices): Promise<ReadonlyMap<string, Fixed>> {
  if (ids.length === 0) return new Map();
  const rows = await query<{ top: string; worth: string }>(EQUITIES, [ids, workspaceId, pricesJson(prices)]);
  return new Map(rows.map((r) => [r.top, fixed(r.worth)]));
}

/** Prices as one JSON parameter. */
export const pricesJson = (prices: Prices): string =>
  JSON.stringify(Object.entries(prices).map(([symbol, price]) => ({ symbol, price: toText(price) })));

const WORTH = `coalesce((SELECT sum(p.quantity * coalesce(q.price, p."averageEntry")) FROM "Position" p
  LEFT JOIN jsonb_to_recordset($3::jsonb) AS q(symbol text, price numeric) ON q.symbol = p.symbol WHERE p."agentId" = g.id AND p.quantity > 0), 0)`;

// $1 node ids, $2 workspace, $3 prices, $4 a batch whose movements do not count
const NODES = `
WITH RECURSIVE path AS (
  SELECT n.*, 1 AS depth FROM "WalletNode" n WHERE n.id = ANY($1::uuid[]) AND n."workspaceId" = $2::uuid
  UNION ALL SELECT n.*, p.depth + 1 FROM path p JOIN "WalletNode" n ON n.id = p."parentId" WHERE p.depth < 64)
SELECT DISTINCT ON (n.id) n.id, n."parentId", n.kind, n.mode, n.name, n.currency, n."moneyRules",
  (n."closedAt" IS NOT NULL OR coalesce(g.status = 'archived', false)) AS closed,
  coalesce((SELECT trim_scale(sum(a.balance))::text FROM "LedgerAccount" a WHERE a."nodeId" = n.id AND a.kind = 'cash'), '0') AS cash,
  coalesce((SELECT trim_scale(sum(a.balance))::text FROM "LedgerAccount" a WHERE a."nodeId" = n.id AND a.kind = 'hold'), '0') AS reserved,
  trim_scale(round(${WORTH}, 18))::text AS positions,
  (SELECT (extract(epoch FROM max(m.at)) * 1000)::bigint::text FROM (
    (SELECT m.at FROM "Movement" m WHERE m."fromNodeId" = n.id AND m.status IN ('done', 'undone') AND ($4::uuid IS NULL OR m."batchId" IS DISTINCT FROM $4::uuid) ORDER BY m.at DESC LIMIT 1)
    UNION ALL
    (SELECT m.at FROM "Movement" m WHERE m."toNodeId" = n.id AND m.status IN ('done', 'undone') AND ($4::uuid IS NULL OR m."batchId" IS DISTINCT FROM $4::uuid) ORDER BY m.at DESC LIMIT 1)) m) AS "lastMovedAt"
FROM path n LEFT JOIN "Agent" g ON g."nodeId" = n.id`;

// $1 tops, $2 workspace, $3 prices. Each step down goes by index: the planner would read every wallet at each level.
const EQUITIES = `
WITH RECURSIVE sub AS (
  SELECT n.id AS top, n.id, 1 AS depth FROM "WalletNode" n WHERE n.id = ANY($1::uuid[]) AND n."workspaceId" = $2::uuid
  UNION ALL SELECT s.top, n.id, s.depth + 1 FROM sub s CROSS JOIN LATERAL (SELECT n.id FROM "WalletNode" n WHERE n."parentId" = s.id OFFSET 0) n WHERE s.depth < 64),
worth AS (
  SELECT a."nodeId" AS id, sum(a.balance) AS worth FROM "LedgerAccount" a
   WHERE a."workspaceId" = $2::uuid AND a.kind IN ('cash', 'hold') AND a."nodeId" IN (SELECT id FROM sub) GROUP BY a."nodeId"
  UNION ALL
  SELECT g."nodeId", ${WORTH} FROM "Agent" g WHERE g."workspaceId" = $2::uuid AND g."nodeId" IN (SELECT id FROM sub))
SELECT s.top, trim_scale(round(coalesce(sum(w.worth), 0), 18))::text AS worth FROM sub s LEFT JOIN worth w ON w.id = s.id GROUP BY s.top`;
