import { type Fixed, fixed, notFound, type TenantScope } from "@/server/shared";
import type { Database } from "../database";

/** What all agents of a workspace, or one of them, own: cash free and held, and holdings by symbol. The treasury is not at risk. */
export type RiskBooks = {
  readonly currency: string;
  readonly cash: Fixed;
  readonly held: readonly { readonly symbol: string; readonly quantity: Fixed }[];
};

/** One statement. Throws NOT_FOUND for an agent that is another tenant's. */
export async function riskBooks(db: Database, scope: TenantScope, agentId: string | null): Promise<RiskBooks> {
  const [row] = await db.raw.query<{ currency: string; cash: string; held: { symbol: string; quantity: string }[] | null; known: boolean }>(
    `SELECT w."baseCurrency" AS currency,
       ($2::uuid IS NULL OR EXISTS (SELECT 1 FROM "Agent" g WHERE g.id = $2::uuid AND g."workspaceId" = w.id)) AS known,
       (SELECT trim_scale(coalesce(sum(l.balance), 0))::text FROM "LedgerAccount" l JOIN "Agent" g ON g."nodeId" = l."nodeId"
         WHERE l."workspaceId" = w.id AND l.kind IN ('cash', 'hold') AND l.currency = w."baseCurrency" AND ($2::uuid IS NULL OR g.id = $2::uuid)) AS cash,
       (SELECT jsonb_agg(jsonb_build_object('symbol', q.symbol, 'quantity', q.quantity) ORDER BY q.symbol) FROM (
         SELECT p.symbol, trim_scale(sum(p.quantity))::text AS quantity FROM "Position" p JOIN "Agent" g ON g.id = p."agentId"
          WHERE g."workspaceId" = w.id AND p.quantity > 0 AND ($2::uuid IS NULL OR g.id = $2::uuid) GROUP BY p.symbol) q) AS held
     FROM "Workspace" w WHERE w.id = $1::uuid`,
    [scope.workspaceId, agentId],
  );
  if (!row?.known) throw notFound("This agent");
  return { currency: row.currency, cash: fixed(row.cash), held: (row.held ?? []).map((h) => ({ symbol: h.symbol, quantity: fixed(h.quantity) })) };
}
