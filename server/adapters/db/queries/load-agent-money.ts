import { add, type Fixed, fixed, mul, sub, utcDayStart, ZERO } from "@/server/shared";
import { decimalToFixed } from "../decimal";
import { loadPrices } from "./load-prices";
import type { QueryContext } from "./query-context";

export type AgentKey = { readonly id: string; readonly nodeId: string; readonly symbols: readonly string[]; readonly benchmark: unknown };

export type HeldPosition = {
  readonly symbol: string;
  readonly quantity: Fixed;
  readonly averageEntry: Fixed;
  readonly realisedPnl: Fixed;
  readonly feesPaid: Fixed;
  readonly mark: Fixed | null;
};

/** One agent's money in its base currency, at market time now. */
export type AgentMoney = {
  readonly cash: Fixed;
  readonly held: Fixed;
  readonly positions: readonly HeldPosition[];
  readonly equity: Fixed;
  /** Given by the treasury less collected. */
  readonly capital: Fixed;
  readonly netPnl: Fixed;
  /** Value of buy-and-hold on the same money; null before the first tick. */
  readonly hold: Fixed | null;
  readonly feesPaid: Fixed;
  /** Equity change since 00:00 UTC of market time, less money moved in or out. */
  readonly todayPnl: Fixed;
};

const FLOWS = ["allocate", "collect", "deposit", "withdraw"];

/** Money of several agents with a fixed number of statements, however many agents there are. */
export async function loadAgentMoney(q: QueryContext, agents: readonly AgentKey[]): Promise<ReadonlyMap<string, AgentMoney>> {
  if (agents.length === 0) return new Map();
  const now = q.clocks.market.now();
  const dayStart = utcDayStart(now);
  const nodeIds = agents.map((a) => a.nodeId);
  const agentIds = agents.map((a) => a.id);
  const [accounts, positions, flows, dayOpen] = await Promise.all([
    q.db.prisma.ledgerAccount.findMany({ where: { nodeId: { in: nodeIds }, kind: { in: ["cash", "hold"] } } }),
    q.db.prisma.position.findMany({ where: { agentId: { in: agentIds } } }),
    q.db.raw.query<{ nodeId: string; total: string; today: string }>(
      `SELECT a."nodeId", trim_scale(sum(p.amount))::text AS total, trim_scale(coalesce(sum(p.amount) FILTER (WHERE t.at >= $2), 0))::text AS today
       FROM "Posting" p JOIN "LedgerTransaction" t ON t.id = p."transactionId" JOIN "LedgerAccount" a ON a.id = p."accountId"
       WHERE a."nodeId" = ANY($1::uuid[]) AND a.kind = 'cash' AND t.kind = ANY($3::text[]) GROUP BY a."nodeId"`,
      [nodeIds, new Date(dayStart).toISOString(), FLOWS],
    ),
    q.db.raw.query<{ agentId: string; equity: string }>(
      `SELECT DISTINCT ON ("agentId") "agentId", trim_scale(equity)::text AS equity FROM "EquityPoint" WHERE "agentId" = ANY($1::uuid[]) AND at < $2 ORDER BY "agentId", at DESC`,
      [agentIds, new Date(dayStart).toISOString()],
    ),
  ]);
  const prices = await loadPrices(q, [...positions.map((p) => p.symbol), ...agents.flatMap((a) => a.symbols)], now);
  const flowsOf = new Map(flows.map((f) => [f.nodeId, { total: fixed(f.total), today: fixed(f.today) }]));
  const openOf = new Map(dayOpen.map((r) => [r.agentId, fixed(r.equity)]));
  return new Map(
    agents.map((agent) => {
      const own = accounts.filter((a) => a.nodeId === agent.nodeId);
      const total = (kind: string) => own.filter((a) => a.kind === kind).reduce<Fixed>((s, a) => add(s, decimalToFixed(a.balance)), ZERO);
      const held = positions
        .filter((p) => p.agentId === agent.id)
        .map((p) => ({
          symbol: p.symbol,
          quantity: decimalToFixed(p.quantity),
          averageEntry: decimalToFixed(p.averageEntry),
          realisedPnl: decimalToFixed(p.realisedPnl),
          feesPaid: decimalToFixed(p.feesPaid),
          mark: prices.get(p.symbol) ?? null,
        }));
      const cash = total("cash");
      const hold = total("hold");
      // A position without a price is valued at its entry rather than at nothing: a dead feed must not look like a loss.
      const equity = held.reduce<Fixed>((s, p) => add(s, mul(p.quantity, p.mark ?? p.averageEntry, "half-even")), add(cash, hold));
      const flow = flowsOf.get(agent.nodeId) ?? { total: ZERO, today: ZERO };
      const open = openOf.get(agent.id) ?? sub(flow.total, flow.today);
      const money: AgentMoney = {
        cash,
        held: hold,
        positions: held,
        equity,
        capital: flow.total,
        netPnl: sub(equity, flow.total),
        hold: holdValue(agent.benchmark, prices),
        feesPaid: held.reduce<Fixed>((s, p) => add(s, p.feesPaid), ZERO),
        todayPnl: sub(sub(equity, open), flow.today),
      };
      return [agent.id, money] as const;
    }),
  );
}

/** Cash not yet invested plus units at today's prices; null when nothing was bought yet or a price is missing. */
function holdValue(benchmark: unknown, prices: ReadonlyMap<string, Fixed>): Fixed | null {
  if (typeof benchmark !== "object" || benchmark === null || !("units" in benchmark) || !("cash" in benchmark)) return null;
  const { cash, units } = benchmark as { cash: unknown; units: unknown };
  if (typeof cash !== "string" || typeof units !== "object" || units === null) return null;
  let value = fixed(cash);
  for (const [symbol, quantity] of Object.entries(units as Record<string, string>)) {
    const price = prices.get(symbol);
    if (price === undefined) return null;
    value = add(value, mul(fixed(quantity), price, "half-even"));
  }
  return value;
}
