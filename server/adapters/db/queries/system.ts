import type { SystemPart, SystemView } from "@/server/api/contract";
import type { TenantScope } from "@/server/shared";
import type { QueryContext } from "./query-context";

/** Which parts are embedded, real or simulated, the two clocks, and outages of this workspace's agents. */
export async function system(q: QueryContext, scope: TenantScope, of: { parts: SystemPart[]; build: string; mode: string }): Promise<SystemView> {
  const gaps = await q.db.prisma.tickGap.findMany({
    where: { agent: { workspaceId: scope.workspaceId } },
    include: { agent: { select: { name: true } } },
    orderBy: { toTick: "desc" },
    take: 50,
  });
  return {
    build: of.build,
    mode: of.mode,
    wallNow: q.clocks.wall.now(),
    marketNow: q.clocks.market.now(),
    parts: of.parts,
    gaps: gaps.map((g) => ({ agentId: g.agentId, agentName: g.agent.name, from: g.fromTick.getTime(), to: g.toTick.getTime(), count: g.count })),
  };
}
