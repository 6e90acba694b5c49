import type { RiskLimitsView } from "@/server/api/contract/risk";
import { add, type Fixed, HOUR_MS, max, mul, neg, type TenantScope, toText, ZERO } from "@/server/shared";
import { limitsFromJson } from "../limits-json";
import { storedConfig } from "../stored-config";
import { limitViews } from "./agent-detail";
import { loadAgentMoney } from "./load-agent-money";
import type { QueryContext } from "./query-context";

type Limit = RiskLimitsView["groups"][number]["limits"][number];

/** Every limit of the workspace and of its agents beside where they stand now. Market orders and holdings at the last price. */
export async function riskLimits(q: QueryContext, scope: TenantScope): Promise<RiskLimitsView> {
  const where = { workspaceId: scope.workspaceId };
  const [workspace, agents] = await Promise.all([
    q.db.prisma.workspace.findUniqueOrThrow({ where: { id: scope.workspaceId }, select: { limits: true, baseCurrency: true } }),
    q.db.prisma.agent.findMany({ where: { ...where, status: { not: "archived" } }, orderBy: { name: "asc" } }),
  ]);
  const configs = new Map(agents.map((a) => [a.id, storedConfig(a.config)]));
  const money = await loadAgentMoney(
    q,
    agents.map((a) => ({ id: a.id, nodeId: a.nodeId, symbols: configs.get(a.id)?.symbols ?? [], benchmark: a.benchmark })),
  );
  const counts = await q.db.prisma.order.groupBy({
    by: ["agentId"],
    where: { ...where, at: { gt: new Date(q.clocks.market.now() - HOUR_MS) } },
    _count: true,
  });
  const ordersOf = new Map(counts.map((c) => [c.agentId, c._count]));
  const own = limitsFromJson(workspace.limits);
  const bySymbol = new Map<string, Fixed>();
  let lost = ZERO;
  for (const m of money.values()) {
    lost = add(lost, neg(m.todayPnl));
    for (const p of m.positions) bySymbol.set(p.symbol, add(bySymbol.get(p.symbol) ?? ZERO, mul(p.quantity, p.mark ?? p.averageEntry, "half-even")));
  }
  const largest = [...bySymbol.values()].reduce<Fixed>((a, b) => max(a, b), ZERO);
  const unit = workspace.baseCurrency;
  const limit = (name: string, of: string, value: string, most: Fixed | null): Limit[] =>
    most === null ? [] : [{ name, level: "workspace", unit: of, value, limit: toText(most) }];
  return {
    currency: unit,
    groups: [
      {
        agentId: null,
        name: "Workspace",
        limits: [
          ...limit("maxPositionNotional", unit, toText(largest), own.maxPositionNotional),
          ...limit("maxOrderNotional", unit, "0", own.maxOrderNotional),
          ...limit("maxDailyLoss", unit, toText(max(lost, ZERO)), own.maxDailyLoss),
          ...(own.maxOrdersPerHour === null
            ? []
            : [
                {
                  name: "maxOrdersPerHour",
                  level: "workspace" as const,
                  unit: "orders",
                  value: String(counts.reduce((n, c) => n + c._count, 0)),
                  limit: String(own.maxOrdersPerHour),
                },
              ]),
        ],
      },
      ...agents.flatMap((a) => {
        const [config, m] = [configs.get(a.id), money.get(a.id)];
        return config && m ? [{ agentId: a.id, name: a.name, limits: limitViews(config, m, ordersOf.get(a.id) ?? 0, a.baseCurrency) }] : [];
      }),
    ],
  };
}
