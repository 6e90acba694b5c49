import { type Fixed, fixed, ZERO } from "@/server/shared";
import type { FarmStrategy, MoneyRules, NodeKind, OwnFigures, WalletMode } from "@/server/wallets";
import { NO_MONEY_RULES, parseMoneyRules } from "@/server/wallets";
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

/** As the statement sends it: what most wallets have, and the rest, null where there is nothing of it. Decimals as text. */
type Row = readonly [
  id: string,
  parentId: string | null,
  kind: NodeKind,
  mode: WalletMode,
  name: string,
  currency: string,
  cash: string | null,
  capital:
    | readonly [came: string | null, went: string | null, outsideIn: string | null, outsideOut: string | null, factor: number, base: string | null]
    | null,
  more: readonly [strategy: FarmStrategy | null, moneyRules: unknown, limits: unknown, tradingState: string, closed: boolean] | null,
  agent:
    | readonly [agentId: string, status: string, positions: string | null, realised: string | null, fees: string | null, cost: string | null]
    | null,
  reserved: string | null,
];
const NO_CAPITAL = [null, null, null, null, 1, null] as const;
const NOTHING_MORE = [null, null, null, "active", false] as const;
const NO_AGENT = [null, null, null, null, null, null] as const;

/**
 * Every wallet of a workspace, parents before children where they are as old: one statement, whatever their number. It answers one cell of
 * JSON: tens of thousands of rows of two dozen cells take several times as long to read as to make. What was moved is kept as running totals.
 */
export async function loadWallets(query: Query, workspaceId: string, prices: Prices): Promise<readonly WalletRow[]> {
  const [answer] = await query<{ rows: string | null }>(SQL, [workspaceId, pricesJson(prices)]);
  return (JSON.parse(answer?.rows ?? "[]") as readonly Row[]).map(walletRow);
}

function walletRow([id, parentId, kind, mode, name, currency, cash, capital, more, agent, reserved]: Row): WalletRow {
  const [came, went, outsideIn, outsideOut, factor, base] = capital ?? NO_CAPITAL;
  const [strategy, rules, limits, tradingState, closed] = more ?? NOTHING_MORE;
  const [agentId, status, positions, realised, fees, modelCost] = agent ?? NO_AGENT;
  return {
    id,
    parentId,
    kind,
    mode,
    name,
    currency,
    strategy,
    rules: rules === null ? NO_MONEY_RULES : parseMoneyRules(rules),
    limits,
    tradingState,
    closed,
    agentId,
    status,
    isAgent: kind === "agent",
    cash: money(cash),
    reserved: money(reserved),
    positions: money(positions),
    capital: (money(came) - money(went)) as Fixed,
    realised: money(realised),
    fees: money(fees),
    modelCost: money(modelCost),
    paidIn: money(outsideIn),
    paidOut: money(outsideOut),
    chain: base === null ? null : { factor, base: money(base) },
  };
}

/** Most figures of most wallets are nothing: they are not sent. */
const money = (text: string | null): Fixed => (text === null || text === "0" ? ZERO : fixed(text));

// $1 workspace, $2 prices
const SQL = `
WITH price AS (SELECT symbol, price FROM jsonb_to_recordset($2::jsonb) AS q(symbol text, price numeric)),
money AS (
  SELECT a."nodeId" AS id, sum(a.balance) FILTER (WHERE a.kind = 'cash') AS cash, sum(a.balance) FILTER (WHERE a.kind = 'hold') AS hold
  FROM "LedgerAccount" a WHERE a."workspaceId" = $1::uuid AND a.kind IN ('cash', 'hold') GROUP BY a."nodeId"),
held AS (
  SELECT p."agentId" AS id, sum(p.quantity * coalesce(q.price, p."averageEntry")) AS worth, sum(p."realisedPnl") AS realised, sum(p."feesPaid") AS fees
  FROM "Agent" g JOIN "Position" p ON p."agentId" = g.id LEFT JOIN price q ON q.symbol = p.symbol WHERE g."workspaceId" = $1::uuid GROUP BY p."agentId"),
spent AS (SELECT "agentId" AS id, sum(settled) AS cost FROM "ModelCall" WHERE "workspaceId" = $1::uuid AND settled IS NOT NULL GROUP BY "agentId")
SELECT json_agg(json_build_array(n.id, n."parentId", n.kind, n.mode, n.name, n.currency, trim_scale(m.cash)::text,
  CASE WHEN n.came <> 0 OR n.went <> 0 OR n."chainBase" IS NOT NULL THEN json_build_array(trim_scale(n.came)::text, trim_scale(n.went)::text,
    trim_scale(n."outsideIn")::text, trim_scale(n."outsideOut")::text, n."chainFactor", trim_scale(n."chainBase")::text) END,
  CASE WHEN n.strategy IS NOT NULL OR n."moneyRules" IS NOT NULL OR n.limits IS NOT NULL OR n."tradingState" <> 'active' OR n."closedAt" IS NOT NULL OR g.status = 'archived'
    THEN json_build_array(n.strategy, n."moneyRules", n.limits, n."tradingState", n."closedAt" IS NOT NULL OR coalesce(g.status = 'archived', false)) END,
  CASE WHEN g.id IS NOT NULL THEN json_build_array(g.id, g.status, trim_scale(nullif(round(h.worth, 18), 0))::text, trim_scale(nullif(h.realised, 0))::text,
    trim_scale(nullif(h.fees, 0))::text, trim_scale(s.cost)::text) END,
  trim_scale(nullif(m.hold, 0))::text) ORDER BY n."createdAt", n.id)::text AS rows
FROM "WalletNode" n LEFT JOIN "Agent" g ON g."nodeId" = n.id LEFT JOIN money m ON m.id = n.id LEFT JOIN held h ON h.id = g.id
  LEFT JOIN spent s ON s.id = g.id
WHERE n."workspaceId" = $1::uuid`;
