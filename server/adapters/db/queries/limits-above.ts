import { type LimitsAboveSpec, storedLimits } from "@/server/backtest";
import { parseLimits } from "@/server/risk";
import type { TenantScope } from "@/server/shared";
import type { Database } from "../database";

/** A farm that is open, with its own limits and those of the farms that hold it, the nearest first. */
export type FarmChain = { readonly farmId: string; readonly currency: string; readonly chain: LimitsAboveSpec["farms"] };
export type LimitsNow = { readonly currency: string; readonly workspace: LimitsAboveSpec["workspace"]; readonly farms: readonly FarmChain[] };

/** The limits of a workspace and of its open farms as they are now, by the farms' names from the outermost in. */
export async function limitsNow(db: Database, scope: TenantScope): Promise<LimitsNow> {
  const [workspace, nodes] = await Promise.all([
    db.prisma.workspace.findUniqueOrThrow({ where: { id: scope.workspaceId }, select: { limits: true, baseCurrency: true } }),
    db.prisma.walletNode.findMany({
      where: { workspaceId: scope.workspaceId, kind: "farm", closedAt: null },
      select: { id: true, parentId: true, name: true, limits: true, currency: true },
    }),
  ]);
  const byId = new Map(nodes.map((n) => [n.id, n]));
  const limitsOf = (node: (typeof nodes)[number]) => storedLimits(parseLimits(node.limits ?? {}, "farm.limits"));
  const farms = nodes.map((node): FarmChain => {
    const chain: LimitsAboveSpec["farms"][number][] = [];
    for (let at: typeof node | undefined = node; at && chain.length < nodes.length; at = byId.get(at.parentId ?? ""))
      chain.push({ id: at.id, name: at.name, limits: limitsOf(at) });
    return { farmId: node.id, currency: node.currency, chain };
  });
  const path = (farm: FarmChain): string => farm.chain.map((f) => f.name).reduceRight((a, b) => `${a}\n${b}`, "");
  return {
    currency: workspace.baseCurrency,
    workspace: storedLimits(parseLimits(workspace.limits, "workspace.limits")),
    farms: farms.sort((a, b) => (path(a) < path(b) ? -1 : 1)),
  };
}
