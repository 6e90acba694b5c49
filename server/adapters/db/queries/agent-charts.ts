import type { CandlesView, EquityView } from "@/server/api/contract";
import { modelInfo } from "@/server/llm";
import { INTERVAL_MS, type Interval } from "@/server/market";
import { type Fixed, notFound, type TenantScope, toText, ZERO } from "@/server/shared";
import { decimalToFixed } from "../decimal";
import { storedConfig } from "../stored-config";
import { decimalsOf } from "./decimals-of";
import { equityPoints } from "./equity-series";
import type { QueryContext } from "./query-context";

const MAX_MARKERS = 500;

/** Closed bars and the agent's decisions on them. Throws NOT_FOUND, UNKNOWN_SYMBOL, INTERVAL_TOO_FINE. */
export async function candles(
  q: QueryContext,
  scope: TenantScope,
  input: { agentId: string; symbol: string; interval: Interval; limit: number },
): Promise<CandlesView> {
  await assertOwn(q, scope, input.agentId);
  const at = q.clocks.market.now();
  const [bars, instrument] = await Promise.all([
    q.feed.candles({ symbol: input.symbol, interval: input.interval, at, limit: input.limit }),
    q.exchange.instrument(input.symbol),
  ]);
  const from = bars[0]?.openTime ?? at - input.limit * INTERVAL_MS[input.interval];
  const turns = await q.db.prisma.turn.findMany({
    where: {
      agentId: input.agentId,
      symbol: input.symbol,
      at: { gte: new Date(from) },
      action: { not: null },
      OR: [{ action: { not: "hold" } }, { at: { gte: new Date(at - 20 * INTERVAL_MS[input.interval]) } }],
    },
    orderBy: { at: "desc" },
    take: MAX_MARKERS,
    select: { id: true, at: true, action: true, outcome: true, askedQuantity: true, orders: { select: { filledQuantity: true } } },
  });
  return {
    symbol: input.symbol,
    interval: input.interval,
    source: q.feed.sourceOf?.(input.symbol) ?? q.feed.source,
    tickDecimals: decimalsOf(instrument.tickSize),
    lotDecimals: decimalsOf(instrument.lotSize),
    candles: bars.map((b) => ({ t: b.openTime, o: toText(b.open), h: toText(b.high), l: toText(b.low), c: toText(b.close), v: toText(b.volume) })),
    markers: turns.reverse().map((t) => {
      const filled = t.orders.reduce<Fixed>((s, o) => (s + decimalToFixed(o.filledQuantity)) as Fixed, ZERO);
      return {
        turnId: t.id,
        at: t.at.getTime(),
        action: t.action ?? "hold",
        outcome: t.outcome,
        asked: t.askedQuantity === null ? null : toText(decimalToFixed(t.askedQuantity)),
        filled: t.orders.length > 0 ? toText(filled) : null,
      };
    }),
  };
}

/** Equity beside buy-and-hold on the same money. Throws NOT_FOUND. */
export async function equity(q: QueryContext, scope: TenantScope, input: { agentId: string; points: number }): Promise<EquityView> {
  const agent = await assertOwn(q, scope, input.agentId);
  return {
    currency: agent.baseCurrency,
    source: q.feed.source,
    trainingCutoff: cutoffOf(agent.config),
    points: await equityPoints(q, input.agentId, input.points),
    note: "Hold: the agent's capital split equally over its symbols, bought at the first tradable open with the same taker fee. Both are net of trading fees; model cost is a separate book in USD.",
  };
}

function cutoffOf(config: unknown): number | null {
  const { decider } = storedConfig(config);
  return decider.kind === "model" ? modelInfo(decider.model).trainingCutoff : null;
}

async function assertOwn(q: QueryContext, scope: TenantScope, agentId: string): Promise<{ baseCurrency: string; config: unknown }> {
  const agent = await q.db.prisma.agent.findFirst({
    where: { id: agentId, workspaceId: scope.workspaceId },
    select: { baseCurrency: true, config: true },
  });
  if (!agent) throw notFound("this agent");
  return agent;
}
