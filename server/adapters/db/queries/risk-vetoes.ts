import type { VetoesView, VetoRowView, VetoRuleView } from "@/server/api/contract/risk";
import { DAY_MS, type TenantScope } from "@/server/shared";
import type { QueryContext } from "./query-context";

const NEWEST = 30;

type Sums = { rule: string | null; denied: number; reduced: number; saved: string; cost: string; net: string; unmeasured: number };

/** What each rule saved or cost in the days before now (market time), added up exactly by the database, and the newest entries. */
export async function riskVetoes(q: QueryContext, scope: TenantScope, input: { agentId?: string | undefined; days: number }): Promise<VetoesView> {
  const since = new Date(q.clocks.market.now() - input.days * DAY_MS);
  const agentId = input.agentId ?? null;
  const [sums, rows, workspace] = await Promise.all([
    q.db.raw.query<Sums>(
      `SELECT rule, count(*) FILTER (WHERE outcome = 'deny')::int AS denied, count(*) FILTER (WHERE outcome = 'reduce')::int AS reduced,
              trim_scale(coalesce(sum(saved) FILTER (WHERE saved > 0), 0))::text AS saved, trim_scale(coalesce(-sum(saved) FILTER (WHERE saved < 0), 0))::text AS cost,
              trim_scale(coalesce(sum(saved), 0))::text AS net, count(*) FILTER (WHERE note IS NOT NULL)::int AS unmeasured
       FROM "Veto" WHERE "workspaceId" = $1::uuid AND at >= $2::timestamptz AND ($3::uuid IS NULL OR "agentId" = $3::uuid)
       GROUP BY GROUPING SETS ((rule), ()) ORDER BY sum(abs(saved)) DESC NULLS LAST, rule`,
      [scope.workspaceId, since.toISOString(), agentId],
    ),
    q.db.prisma.veto.findMany({
      where: { workspaceId: scope.workspaceId, at: { gte: since }, ...(agentId === null ? {} : { agentId }) },
      orderBy: [{ at: "desc" }, { turnId: "asc" }, { leg: "asc" }],
      take: NEWEST,
    }),
    q.db.prisma.workspace.findUniqueOrThrow({ where: { id: scope.workspaceId }, select: { baseCurrency: true } }),
  ]);
  const agents = await q.db.prisma.agent.findMany({
    where: { workspaceId: scope.workspaceId, id: { in: [...new Set(rows.map((r) => r.agentId))] } },
    select: { id: true, name: true },
  });
  const names = new Map(agents.map((a) => [a.id, a.name]));
  const { rule: _none, ...total } = sums.find((s) => s.rule === null) ?? NOTHING;
  return {
    currency: workspace.baseCurrency,
    days: input.days,
    rules: sums.filter((s): s is VetoRuleView => s.rule !== null),
    total,
    rows: rows.map(
      (r): VetoRowView => ({
        turnId: r.turnId,
        agentId: r.agentId,
        agent: names.get(r.agentId) ?? "",
        rule: r.rule,
        outcome: r.outcome as VetoRowView["outcome"],
        symbol: r.symbol,
        side: r.side as VetoRowView["side"],
        vetoedQuantity: r.vetoedQuantity.toFixed(),
        entryPrice: r.entryPrice?.toFixed() ?? null,
        settlePrice: r.settlePrice?.toFixed() ?? null,
        fee: r.fee.toFixed(),
        saved: r.saved.toFixed(),
        note: r.note,
        at: r.at.getTime(),
      }),
    ),
  };
}

const NOTHING: Sums = { rule: null, denied: 0, reduced: 0, saved: "0", cost: "0", net: "0", unmeasured: 0 };
