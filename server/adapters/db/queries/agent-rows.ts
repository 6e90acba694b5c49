import { type AgentStatus, RULE_SETS } from "@/server/agents";
import type { AgentRow } from "@/server/api/contract";
import { div, type Fixed, roundTo, sub, type TenantScope, toText, utcDayStart, ZERO } from "@/server/shared";
import { decimalToFixed } from "../decimal";
import { storedConfig } from "../stored-config";
import { decisionRow, decisionSelect } from "./decision-row";
import { drawdowns, sparks } from "./equity-series";
import { type AgentMoney, loadAgentMoney } from "./load-agent-money";
import type { QueryContext } from "./query-context";

/** Every agent of the workspace that is not archived (or only those asked for), oldest first. */
export async function agentRows(q: QueryContext, scope: TenantScope, agentIds?: readonly string[]): Promise<AgentRow[]> {
  const agents = await q.db.prisma.agent.findMany({
    where: { workspaceId: scope.workspaceId, ...(agentIds ? { id: { in: [...agentIds] } } : { status: { not: "archived" } }) },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  if (agents.length === 0) return [];
  const ids = agents.map((a) => a.id);
  const configs = new Map(agents.map((a) => [a.id, storedConfig(a.config)]));
  const [money, spark, drawdown, counts, latest, costs] = await Promise.all([
    loadAgentMoney(
      q,
      agents.map((a) => ({ id: a.id, nodeId: a.nodeId, symbols: configs.get(a.id)?.symbols ?? [], benchmark: a.benchmark })),
    ),
    sparks(q, ids),
    drawdowns(q, ids),
    q.db.prisma.turn.groupBy({ by: ["agentId"], where: { agentId: { in: ids } }, _count: { _all: true } }),
    q.db.raw.query<{ id: string }>(
      `SELECT DISTINCT ON ("agentId") id FROM "Turn" WHERE "agentId" = ANY($1::uuid[]) ORDER BY "agentId", at DESC, id DESC`,
      [ids],
    ),
    q.db.prisma.modelBudget.findMany({ where: { scopeId: { in: ids }, day: new Date(utcDayStart(q.clocks.wall.now())) } }),
  ]);
  const last = await q.db.prisma.turn.findMany({ where: { id: { in: latest.map((r) => r.id) } }, select: decisionSelect });
  return agents.map((agent) => {
    const config = storedConfig(agent.config);
    const m = money.get(agent.id) as AgentMoney;
    const lastTurn = last.find((t) => t.agentId === agent.id);
    const cost = costs.find((c) => c.scopeId === agent.id);
    return {
      id: agent.id,
      name: agent.name,
      symbols: [...config.symbols],
      mode: "paper",
      status: agent.status as AgentStatus,
      statusReason: agent.statusReason,
      tradingState: agent.tradingState as AgentRow["tradingState"],
      deciderLabel: deciderLabel(config.decider),
      deciderIsModel: config.decider.kind === "model",
      trigger: config.trigger.kind === "manual" ? "only when asked" : `every ${config.trigger.interval}`,
      currency: agent.baseCurrency,
      equity: toText(m.equity),
      capital: toText(m.capital),
      netPnl: toText(m.netPnl),
      netReturn: ratio(m.netPnl, m.capital),
      holdReturn: m.hold === null ? null : ratio(sub(m.hold, m.capital), m.capital),
      todayPnl: toText(m.todayPnl),
      maxDrawdown: drawdown.get(agent.id) ?? null,
      modelCostToday: toText(cost ? decimalToFixed(cost.settled) : ZERO),
      decisions: counts.find((c) => c.agentId === agent.id)?._count._all ?? 0,
      lastDecision: lastTurn ? decisionRow(lastTurn) : null,
      createdAt: agent.createdAt.getTime(),
      spark: spark.get(agent.id) ?? [],
    };
  });
}

/** a ÷ b as a fraction with 8 decimals; null when there is no capital to measure against. */
export const ratio = (a: Fixed, b: Fixed): string | null => (b > 0n ? toText(roundTo(div(a, b, "half-even"), 8, "half-even")) : null);

/** How a decider is called on screen. */
export function deciderLabel(decider: { kind: "rules"; ruleSet: string } | { kind: "model"; model: string }): string {
  if (decider.kind === "model") return decider.model;
  const known = RULE_SETS.find((r) => r === decider.ruleSet);
  return `Rules: ${(known ?? decider.ruleSet).replaceAll("-", " ")}`;
}
