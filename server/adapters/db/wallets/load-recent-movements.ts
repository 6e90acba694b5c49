import { DAY_MS, fixed } from "@/server/shared";
import type { RecentMovement, RecentMovements } from "@/server/wallets";
import type { Query } from "./load-situation";

type Row = { batch: string | null; a: string | null; b: string | null; amount: string; n: number; aUnder: string | null; bUnder: string | null };

/**
 * What the person behind an actor has moved in the 24 hours before `wallAt` (wall ms) that nobody else agreed to: one statement. `rules` =
 * wallets with a rule that counts it. A recall that still sells counts, too, however long it takes.
 */
export async function loadRecentMovements(
  query: Query,
  workspaceId: string,
  rules: readonly string[],
  { askedBy, wallAt, batchId }: { readonly askedBy: string; readonly wallAt: number; readonly batchId?: string },
): Promise<RecentMovements> {
  const rows = await query<Row>(SQL, [workspaceId, askedBy, new Date(wallAt - DAY_MS).toISOString(), rules]);
  const end = (nodeId: string | null, under: string | null) => (nodeId === null ? null : { nodeId, under: under?.split(",") ?? [] });
  return {
    batchId: batchId ?? null,
    movements: rows.map(
      (r): RecentMovement => ({
        batchId: r.batch,
        from: end(r.a, r.aUnder),
        to: end(r.b, r.bUnder),
        amount: fixed(r.amount),
        count: Number(r.n),
      }),
    ),
  };
}

// $1 workspace, $2 actor, $3 since, $4 wallets with rules. A key acts for who made it.
const SQL = `
WITH RECURSIVE moved AS (
  SELECT CASE WHEN m.kind = 'rebalance' THEN m."batchId" END AS batch, m."fromNodeId" AS a, m."toNodeId" AS b, sum(m.amount) AS amount, count(*) AS n
  FROM "Movement" m
  WHERE m."workspaceId" = $1::uuid AND m.counts AND m.person = coalesce((SELECT 'user:' || k."createdBy" FROM "ApiKey" k
      WHERE k."workspaceId" = $1::uuid AND $2::text = 'api-key:' || k.id), $2::text)
    AND ((m.status = 'done' AND m."wallAt" > $3::timestamptz) OR (m.status = 'pending' AND m."waitsFor" = 'closing'))
  GROUP BY 1, 2, 3),
up AS (
  SELECT e.id AS leaf, e.id AS at, 1 AS depth FROM (SELECT a AS id FROM moved UNION SELECT b FROM moved) e WHERE e.id IS NOT NULL
  UNION ALL SELECT u.leaf, n."parentId", u.depth + 1 FROM up u JOIN "WalletNode" n ON n.id = u.at WHERE n."parentId" IS NOT NULL AND u.depth < 64),
under AS (SELECT leaf, string_agg(at::text, ',') AS rules FROM up WHERE at = ANY($4::uuid[]) GROUP BY leaf)
SELECT m.batch, m.a, m.b, trim_scale(m.amount)::text AS amount, m.n::int AS n, ua.rules AS "aUnder", ub.rules AS "bUnder"
FROM moved m LEFT JOIN under ua ON ua.leaf = m.a LEFT JOIN under ub ON ub.leaf = m.b WHERE ua.rules IS NOT NULL OR ub.rules IS NOT NULL`;
