import { riskNow } from "@/server/agents";
import type { LimitGroupView, LimitRowView, RiskLimitsView } from "@/server/api/contract/risk";
import { type Headroom, headroomOf, headroomWeight, LIMIT_SPECS } from "@/server/risk";
import { DomainError, type TenantScope } from "@/server/shared";
import { agentFromRow } from "../agent-row";
import { loadBooks } from "../load-books";
import type { QueryContext } from "./query-context";

/** Agents that are looked at, by name: each costs what the books of a turn cost. */
const MOST_AGENTS = 40;

/**
 * Every limit that is set, of each agent, of the farms they stand under and of the workspace, beside where it stands now: each by the rule that
 * judges orders, on the inputs that a turn of now would have. A level that several agents share is shown as it is nearest to a limit.
 */
export async function riskLimits(q: QueryContext, scope: TenantScope): Promise<RiskLimitsView> {
  const where = { workspaceId: scope.workspaceId };
  const [workspace, rows] = await Promise.all([
    q.db.prisma.workspace.findUniqueOrThrow({ where: { id: scope.workspaceId }, select: { baseCurrency: true } }),
    q.db.prisma.agent.findMany({
      where: { ...where, status: { not: "archived" } },
      orderBy: { name: "asc" },
      include: { node: { select: { parent: { select: { id: true, kind: true, name: true } } } } },
    }),
  ]);
  const at = q.clocks.market.now();
  const shared = new Map<string, { group: LimitGroupView; nearest: Map<string, Headroom> }>();
  shared.set("workspace", { group: { level: "workspace", agentId: null, name: "Workspace", limits: [], problem: null }, nearest: new Map() });
  const agents: LimitGroupView[] = [];
  for (const { node, ...row } of rows.slice(0, MOST_AGENTS)) {
    const agent = agentFromRow(row);
    const group: LimitGroupView = { level: "agent", agentId: agent.id, name: row.name, limits: [], problem: null };
    agents.push(group);
    try {
      const found = headroomOf(await riskNow(q, agent, await loadBooks(q.db, agent, at), at));
      group.limits = found.filter((h) => h.level === "agent").map(rowView);
      for (const h of found) {
        if (h.level === "agent") continue;
        const key = h.level === "farm" ? (node.parent?.id ?? "") : "workspace";
        const name = h.level === "farm" ? (node.parent?.name ?? "Farm") : "Workspace";
        const level = shared.get(key) ?? { group: { level: h.level, agentId: null, name, limits: [], problem: null }, nearest: new Map() };
        shared.set(key, level);
        const before = level.nearest.get(h.name);
        if (!before || headroomWeight(h) > headroomWeight(before)) level.nearest.set(h.name, h);
      }
    } catch (error) {
      if (!(error instanceof DomainError) || error.details.kind === "internal") throw error;
      group.problem = error.message;
    }
  }
  const levels = [...shared.values()].map(({ group, nearest }) => ({ ...group, limits: [...nearest.values()].map(rowView) }));
  const order = (g: LimitGroupView): number => (g.level === "workspace" ? 0 : 1);
  return {
    currency: workspace.baseCurrency,
    groups: [...levels.sort((a, b) => order(a) - order(b) || a.name.localeCompare(b.name)), ...agents],
    left: Math.max(0, rows.length - MOST_AGENTS),
  };
}

const rowView = (h: Headroom): LimitRowView => ({ ...h, title: LIMIT_SPECS[h.name].title });
