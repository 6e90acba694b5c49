import type { OverviewView } from "@/server/api/contract";
import { add, DAY_MS, type Fixed, fixed, HOUR_MS, neg, notFound, sub, sum, type TenantScope, toText, utcDayStart, ZERO } from "@/server/shared";
import { decimalToFixed } from "../decimal";
import { agentRows, ratio } from "./agent-rows";
import { workspaceEquityPoints } from "./equity-series";
import { listDecisions } from "./list-decisions";
import type { QueryContext } from "./query-context";

const SHOWN_DAYS = 30;

/** The workspace at a glance. The parts of `today` sum to its trading figure: trading is before fees, net after them; model cost is another book (USD). */
export async function overview(q: QueryContext, scope: TenantScope): Promise<OverviewView> {
  const { workspaceId } = scope;
  const now = q.clocks.market.now();
  const [workspace, agents, feed, treasury, budget, fees, progress] = await Promise.all([
    q.db.prisma.workspace.findUnique({ where: { id: workspaceId } }),
    agentRows(q, scope),
    listDecisions(q, scope, { filter: "all", limit: 20 }),
    q.db.prisma.ledgerAccount.findMany({ where: { workspaceId, kind: "cash", nodeId: { in: await treasuryNodes(q, workspaceId) } } }),
    q.db.prisma.modelBudget.findUnique({ where: { scopeId_day: { scopeId: workspaceId, day: new Date(utcDayStart(q.clocks.wall.now())) } } }),
    q.db.prisma.fill.aggregate({ where: { workspaceId, at: { gte: new Date(utcDayStart(now)) } }, _sum: { fee: true } }),
    q.db.prisma.setting.findUnique({ where: { key: `demo-import:${workspaceId}` } }),
  ]);
  if (!workspace) throw notFound("this workspace");
  const points = await workspaceEquityPoints(
    q,
    agents.map((a) => a.id),
    HOUR_MS,
    now - SHOWN_DAYS * DAY_MS,
  );
  const total = (pick: (a: (typeof agents)[number]) => string): Fixed => sum(agents.map((a) => fixed(pick(a))));
  const equity = total((a) => a.equity);
  const capital = total((a) => a.capital);
  const net = sub(equity, capital);
  const netToday = total((a) => a.todayPnl);
  const feesToday = fees._sum.fee === null ? ZERO : decimalToFixed(fees._sum.fee);
  const free = sum(treasury.map((a) => decimalToFixed(a.balance)));
  const lastHold = points.at(-1)?.hold;
  return {
    currency: workspace.baseCurrency,
    market: q.feed.source,
    marketNow: now,
    equity: toText(equity),
    capital: toText(capital),
    netPnl: toText(net),
    netReturn: ratio(net, capital),
    holdReturn: lastHold === undefined ? null : ratio(sub(fixed(lastHold), capital), capital),
    today: {
      trading: toText(add(netToday, feesToday)),
      fees: toText(neg(feesToday)),
      model: toText(budget ? neg(decimalToFixed(budget.settled)) : ZERO),
      net: toText(netToday),
    },
    treasury: { free: toText(free), allocated: toText(capital) },
    tradingState: workspace.tradingState as OverviewView["tradingState"],
    tradingReason: workspace.tradingReason,
    points,
    agents,
    feed: feed.rows,
    import: importProgress(progress?.value),
  };
}

async function treasuryNodes(q: QueryContext, workspaceId: string): Promise<string[]> {
  const nodes = await q.db.prisma.walletNode.findMany({ where: { workspaceId, kind: "treasury" }, select: { id: true } });
  return nodes.map((n) => n.id);
}

/** Set by the demo's import while it runs: how many turns of how many are stored. */
function importProgress(value: unknown): OverviewView["import"] {
  if (typeof value !== "object" || value === null) return null;
  const { done, total } = value as { done?: unknown; total?: unknown };
  return typeof done === "number" && typeof total === "number" && done < total ? { done, total } : null;
}
