import { assembleInputs, type BookFigures, type TurnInputs } from "@/server/agents";
import type { Candle, MarketSource, PricePoint, SymbolId } from "@/server/market";
import { NO_LIMITS } from "@/server/risk";
import { type Fixed, hashId, mul, sub, ZERO } from "@/server/shared";
import type { Instrument, Order, Position } from "@/server/trading";
import type { SimulatedAgent } from "./simulation-types";

/** What an engine knows at a tick. */
export type TickSituation = {
  /** Market time (ms). */
  readonly at: number;
  readonly candles: Readonly<Record<SymbolId, readonly Candle[]>>;
  readonly prices: ReadonlyMap<SymbolId, PricePoint>;
  readonly cash: Fixed;
  readonly held: Fixed;
  readonly equity: Fixed;
  readonly positions: readonly Position[];
  readonly openOrders: readonly Pick<Order, "clientOrderId" | "symbol" | "side" | "type" | "quantity" | "filledQuantity" | "limitPrice">[];
  readonly dayStartEquity: Fixed;
  readonly ordersLastHour: number;
  readonly figures: BookFigures;
};

export const tickIdOf = (at: number): string => `s:${at}`;
export const turnIdOf = (agentId: string, at: number): string => hashId("turn", agentId, tickIdOf(at));

/** The frozen inputs of a simulated turn: one function for every engine. The workspace of a simulation sets no limits of its own. */
export function tickInputs(
  agent: SimulatedAgent,
  source: MarketSource,
  instruments: readonly Instrument[],
  now: TickSituation,
  turnId = turnIdOf(agent.id, now.at),
): TurnInputs {
  const dayPnl = sub(now.equity, now.dayStartEquity);
  return assembleInputs({
    turnId,
    agentId: agent.id,
    tickId: tickIdOf(now.at),
    trigger: { kind: "schedule" },
    at: now.at,
    config: agent.config,
    configVersion: agent.configVersion,
    tradingState: "active",
    currency: agent.currency,
    workspace: { limits: NO_LIMITS, tradingState: "active" },
    source,
    instruments,
    candles: now.candles,
    prices: Object.fromEntries(now.prices),
    cash: now.cash,
    held: now.held,
    positions: now.positions,
    openOrders: now.openOrders,
    risk: {
      dayStartEquity: now.dayStartEquity,
      ordersLastHour: now.ordersLastHour,
      workspaceDayPnl: dayPnl,
      workspaceOrdersLastHour: now.ordersLastHour,
      workspaceNotional: Object.fromEntries(
        now.positions.map((p) => [p.symbol, mul(p.quantity, now.prices.get(p.symbol)?.price ?? ZERO, "half-even")]),
      ),
    },
    figures: now.figures,
  });
}
