import type { AgentDetail, LimitView, PositionView } from "@/server/api/contract";
import type { ProtectionView } from "@/server/api/contract/risk-limits";
import { INTERVAL_MS, INTERVALS } from "@/server/market";
import { parseLimits } from "@/server/risk";
import { add, div, type Fixed, fixedInt, HOUR_MS, max, mul, neg, notFound, sub, type TenantScope, toText, utcDayStart, ZERO } from "@/server/shared";
import { decimalToFixed } from "../decimal";
import { type StoredConfig, storedConfig } from "../stored-config";
import { agentRows } from "./agent-rows";
import { type AgentMoney, type HeldPosition, loadAgentMoney } from "./load-agent-money";
import { orderView } from "./order-view";
import type { QueryContext } from "./query-context";

const LIVE_ORDERS = ["intended", "sending", "open", "partially_filled"];
const LIVE_TURNS = ["claimed", "context", "decided", "judged", "intended"];

/** Everything the agent's page shows beside its charts and its decisions. Throws NOT_FOUND. */
export async function agentDetail(q: QueryContext, scope: TenantScope, agentId: string): Promise<AgentDetail> {
  const agent = await q.db.prisma.agent.findFirst({ where: { id: agentId, workspaceId: scope.workspaceId } });
  if (!agent) throw notFound("this agent");
  const config = storedConfig(agent.config);
  const now = q.clocks.market.now();
  const [rows, money, orders, gaps, live, budget, ordersLastHour] = await Promise.all([
    agentRows(q, scope, [agentId]),
    loadAgentMoney(q, [{ id: agentId, nodeId: agent.nodeId, symbols: config.symbols, benchmark: agent.benchmark }]),
    q.db.prisma.order.findMany({ where: { agentId, status: { in: LIVE_ORDERS } }, orderBy: { at: "desc" }, take: 50 }),
    q.db.prisma.tickGap.findMany({ where: { agentId }, orderBy: { fromTick: "desc" }, take: 20 }),
    q.db.prisma.turn.findFirst({
      where: { agentId, phase: { in: LIVE_TURNS } },
      orderBy: { at: "desc" },
      select: { id: true, phase: true, at: true },
    }),
    q.db.prisma.modelBudget.findUnique({ where: { scopeId_day: { scopeId: agentId, day: new Date(utcDayStart(q.clocks.wall.now())) } } }),
    q.db.prisma.order.count({ where: { agentId, at: { gt: new Date(now - HOUR_MS) } } }),
  ]);
  const row = rows[0];
  const m = money.get(agentId);
  if (!row || !m) throw notFound("this agent");
  const interval =
    config.trigger.kind === "interval" ? INTERVALS.find((i) => config.trigger.kind === "interval" && i === config.trigger.interval) : undefined;
  return {
    ...row,
    configVersion: agent.configVersion,
    // Checked by the same schema when it was stored.
    config: { ...config, masked: config.masked ?? false, protections: (config.protections ?? []) as unknown as ProtectionView[] },
    market: q.feed.source,
    marketNow: now,
    nextTickAt: agent.status === "running" && interval ? (Math.floor(now / INTERVAL_MS[interval]) + 1) * INTERVAL_MS[interval] : null,
    cash: toText(m.cash),
    held: toText(m.held),
    feesPaid: toText(m.feesPaid),
    positions: m.positions.filter((p) => p.quantity > 0n).map(positionView),
    openOrders: orders.map(orderView),
    limits: limitViews(config, m, ordersLastHour, agent.baseCurrency),
    modelBudget: {
      cap: config.dailyModelCap,
      settled: toText(budget ? decimalToFixed(budget.settled) : ZERO),
      reserved: toText(budget ? decimalToFixed(budget.reserved) : ZERO),
    },
    gaps: gaps.map((g) => ({ from: g.fromTick.getTime(), to: g.toTick.getTime(), count: g.count })),
    currentTurn: live ? { turnId: live.id, phase: live.phase, at: live.at.getTime() } : null,
  };
}

function positionView(p: HeldPosition): PositionView {
  const notional = p.mark === null ? null : mul(p.quantity, p.mark, "half-even");
  return {
    symbol: p.symbol,
    base: p.symbol.split("/")[0] ?? p.symbol,
    quantity: toText(p.quantity),
    averageEntry: toText(p.averageEntry),
    mark: p.mark === null ? null : toText(p.mark),
    notional: notional === null ? null : toText(notional),
    unrealisedPnl: notional === null ? null : toText(sub(notional, mul(p.quantity, p.averageEntry, "half-even"))),
    realisedPnl: toText(p.realisedPnl),
    feesPaid: toText(p.feesPaid),
  };
}

/** Each configured limit beside where the agent stands now. */
export function limitViews(config: StoredConfig, m: AgentMoney, ordersLastHour: number, unit: string): LimitView[] {
  const largest = m.positions.reduce<Fixed>((s, p) => max(s, mul(p.quantity, p.mark ?? p.averageEntry, "half-even")), ZERO);
  const lossToday = max(ZERO, neg(m.todayPnl));
  const { limits } = config;
  const out: LimitView[] = [];
  if (limits.maxPositionNotional !== null)
    out.push({ name: "maxPositionNotional", level: "agent", unit, value: toText(largest), limit: limits.maxPositionNotional });
  const gross = m.positions.reduce<Fixed>((s, p) => add(s, mul(p.quantity, p.mark ?? p.averageEntry, "half-even")), ZERO);
  const { maxGrossNotional, maxGrossPercent, maxSymbolPercent } = parseLimits(limits);
  const share = (percent: Fixed): string => toText(max(div(mul(m.equity, percent, "down"), fixedInt(100), "down"), ZERO));
  if (maxGrossNotional) out.push({ name: "maxGrossNotional", level: "agent", unit, value: toText(gross), limit: toText(maxGrossNotional) });
  if (maxGrossPercent) out.push({ name: "maxGrossPercent", level: "agent", unit, value: toText(gross), limit: share(maxGrossPercent) });
  if (maxSymbolPercent) out.push({ name: "maxSymbolPercent", level: "agent", unit, value: toText(largest), limit: share(maxSymbolPercent) });
  if (limits.maxOrderNotional !== null) out.push({ name: "maxOrderNotional", level: "agent", unit, value: "0", limit: limits.maxOrderNotional });
  if (limits.maxDailyLoss !== null) out.push({ name: "maxDailyLoss", level: "agent", unit, value: toText(lossToday), limit: limits.maxDailyLoss });
  if (limits.maxOrdersPerHour !== null)
    out.push({ name: "maxOrdersPerHour", level: "agent", unit: "orders", value: String(ordersLastHour), limit: String(limits.maxOrdersPerHour) });
  return out;
}
