import { RULE_CATALOG } from "@/server/agents";
import type { ModelsView } from "@/server/api/contract";
import { MODEL_CATALOG } from "@/server/llm";
import { notFound, type TenantScope, toText, utcDayStart } from "@/server/shared";
import { decimalToFixed } from "../decimal";
import { storedConfig } from "../stored-config";
import { deciderLabel } from "./agent-rows";
import type { QueryContext } from "./query-context";

/** What may think, what it may cost today (USD), and which key is stored. The key itself is never read here. */
export async function models(q: QueryContext, scope: TenantScope, hint: { hint: string; since: number } | null): Promise<ModelsView> {
  const { workspaceId } = scope;
  const [workspace, agents, budgets] = await Promise.all([
    q.db.prisma.workspace.findUnique({ where: { id: workspaceId } }),
    q.db.prisma.agent.findMany({ where: { workspaceId, status: { not: "archived" } }, orderBy: { createdAt: "asc" } }),
    q.db.prisma.modelBudget.findMany({ where: { workspaceId, day: new Date(utcDayStart(q.clocks.wall.now())) } }),
  ]);
  if (!workspace) throw notFound("This workspace");
  const spent = (scopeId: string) => {
    const row = budgets.find((b) => b.scopeId === scopeId);
    return { settled: row ? toText(decimalToFixed(row.settled)) : "0", reserved: row ? toText(decimalToFixed(row.reserved)) : "0" };
  };
  return {
    workspaceBudget: { cap: toText(decimalToFixed(workspace.dailyModelCap)), ...spent(workspaceId) },
    providers: [
      {
        provider: "anthropic",
        label: "Anthropic",
        key: hint === null ? null : { hint: hint.hint, setAt: hint.since },
        models: MODEL_CATALOG.map((m) => ({
          id: m.id,
          label: m.label,
          inputPerMTok: toText(m.inputPerMTok),
          outputPerMTok: toText(m.outputPerMTok),
          contextTokens: m.contextTokens,
        })),
      },
    ],
    rules: RULE_CATALOG.map((r) => ({ ...r, params: r.params.map((p) => ({ ...p })) })),
    agents: agents.map((a) => {
      const config = storedConfig(a.config);
      return { agentId: a.id, name: a.name, label: deciderLabel(config.decider), cap: config.dailyModelCap, ...spent(a.id) };
    }),
  };
}
