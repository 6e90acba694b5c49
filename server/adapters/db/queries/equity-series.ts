import { type Fixed, fixed, sum, toText } from "@/server/shared";
import type { QueryContext } from "./query-context";

const SPARK_POINTS = 40;

/** Up to 40 equity values an agent, oldest first. */
export async function sparks(q: QueryContext, agentIds: readonly string[]): Promise<ReadonlyMap<string, string[]>> {
  const rows = await q.db.raw.query<{ agentId: string; equity: string }>(
    `SELECT "agentId", trim_scale(equity)::text AS equity FROM (
       SELECT "agentId", at, equity, row_number() OVER (PARTITION BY "agentId" ORDER BY at DESC) AS n, count(*) OVER (PARTITION BY "agentId") AS total
       FROM "EquityPoint" WHERE "agentId" = ANY($1::uuid[])) p
     WHERE (n - 1) % greatest(1, (total + $2 - 1) / $2) = 0 ORDER BY "agentId", at`,
    [agentIds, SPARK_POINTS],
  );
  const out = new Map<string, string[]>();
  for (const r of rows) out.set(r.agentId, [...(out.get(r.agentId) ?? []), r.equity]);
  return out;
}

/** Deepest fall from a peak of capital + P&L, as a positive fraction with 6 decimals. Money moved in or out does not count. */
export async function drawdowns(q: QueryContext, agentIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await q.db.raw.query<{ agentId: string; depth: string }>(
    `WITH flow AS (
       SELECT g.id AS "agentId", t.at, sum(p.amount) AS amount FROM "Agent" g JOIN "LedgerAccount" a ON a."nodeId" = g."nodeId" AND a.kind = 'cash'
       JOIN "Posting" p ON p."accountId" = a.id JOIN "LedgerTransaction" t ON t.id = p."transactionId" AND t.kind IN ('allocate', 'collect', 'deposit', 'withdraw')
       WHERE g.id = ANY($1::uuid[]) GROUP BY g.id, t.at),
     first_flow AS (SELECT DISTINCT ON ("agentId") "agentId", amount FROM flow ORDER BY "agentId", at),
     worth AS (
       SELECT e."agentId", e.at, f.amount + e.equity - (SELECT coalesce(sum(w.amount), 0) FROM flow w WHERE w."agentId" = e."agentId" AND w.at <= e.at) AS v
       FROM "EquityPoint" e JOIN first_flow f ON f."agentId" = e."agentId" WHERE e."agentId" = ANY($1::uuid[])),
     peaks AS (SELECT "agentId", v, max(v) OVER (PARTITION BY "agentId" ORDER BY at) AS peak FROM worth)
     SELECT "agentId", trim_scale(round(max((peak - v) / peak), 6))::text AS depth FROM peaks WHERE peak > 0 GROUP BY "agentId"`,
    [agentIds],
  );
  return new Map(rows.map((r) => [r.agentId, r.depth]));
}

/** Evenly thinned equity and hold of one agent, oldest first; the newest point is always kept. */
export async function equityPoints(q: QueryContext, agentId: string, points: number): Promise<{ t: number; equity: string; hold: string }[]> {
  const rows = await q.db.raw.query<{ t: string; equity: string; hold: string }>(
    `SELECT (extract(epoch FROM at) * 1000)::bigint::text AS t, trim_scale(equity)::text AS equity, trim_scale(hold)::text AS hold FROM (
       SELECT at, equity, hold, row_number() OVER (ORDER BY at DESC) AS n, count(*) OVER () AS total FROM "EquityPoint" WHERE "agentId" = $1::uuid) p
     WHERE (n - 1) % greatest(1, (total + $2 - 1) / $2) = 0 ORDER BY at`,
    [agentId, points],
  );
  return rows.map((r) => ({ t: Number(r.t), equity: r.equity, hold: r.hold }));
}

/** The workspace's equity: per hour, the sum of each agent's last known equity and hold. Agents count from their first point on. */
export async function workspaceEquityPoints(
  q: QueryContext,
  agentIds: readonly string[],
  stepMs: number,
  from: number,
): Promise<{ t: number; equity: string; hold: string }[]> {
  if (agentIds.length === 0) return [];
  const rows = await q.db.raw.query<{ t: string; at: string; agentId: string; equity: string; hold: string }>(
    `SELECT DISTINCT ON ("agentId", bucket) bucket::text AS t, floor(extract(epoch FROM at) * 1000)::text AS at, "agentId", trim_scale(equity)::text AS equity, trim_scale(hold)::text AS hold FROM (
       SELECT "agentId", at, equity, hold, ceil(extract(epoch FROM at) * 1000 / $2)::bigint * $2 AS bucket FROM "EquityPoint"
       WHERE "agentId" = ANY($1::uuid[]) AND at >= $3) p ORDER BY "agentId", bucket, at DESC`,
    [agentIds, stepMs, new Date(from).toISOString()],
  );
  // The last hour is not over: its point is as old as its newest figure, not from the future.
  const newest = Math.max(...rows.map((r) => Number(r.at)));
  return carryForward(rows).map((p) => ({ ...p, t: Math.min(p.t, newest) }));
}

function carryForward(rows: readonly { t: string; agentId: string; equity: string; hold: string }[]): { t: number; equity: string; hold: string }[] {
  const byTime = new Map<number, { agentId: string; equity: Fixed; hold: Fixed }[]>();
  for (const r of rows) {
    const t = Number(r.t);
    const point = { agentId: r.agentId, equity: fixed(r.equity), hold: fixed(r.hold) };
    const same = byTime.get(t);
    if (same) same.push(point);
    else byTime.set(t, [point]);
  }
  const last = new Map<string, { equity: Fixed; hold: Fixed }>();
  return [...byTime.keys()]
    .sort((a, b) => a - b)
    .map((t) => {
      for (const p of byTime.get(t) ?? []) last.set(p.agentId, p);
      const now = [...last.values()];
      return { t, equity: toText(sum(now.map((p) => p.equity))), hold: toText(sum(now.map((p) => p.hold))) };
    });
}
