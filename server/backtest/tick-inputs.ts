import { assembleInputs, type BookFigures, type TurnInputs } from "@/server/agents";
import type { Candle, MarketSource, PricePoint, SymbolId } from "@/server/market";
import type { Limits } from "@/server/risk";
import { type Fixed, hashId, mul, sub, ZERO } from "@/server/shared";
import type { Instrument, Order, Position } from "@/server/trading";
import { NOTHING_ABOVE } from "./limits-above";
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

/**
 * The frozen inputs of a simulated turn: one function for every engine. Farms and workspace hold nothing but this agent: what they are compared
 * with is its own.
 */
export function tickInputs(
  agent: SimulatedAgent,
  source: MarketSource,
  instruments: readonly Instrument[],
  now: TickSituation,
  turnId = turnIdOf(agent.id, now.at),
): TurnInputs {
  const { workspace, farms } = agent.above ?? NOTHING_ABOVE;
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
    workspace: activeWorkspace(workspace),
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
    figures: farms.length > 0 ? withFarms(now, farms, dayPnl) : now.figures,
    ...(agent.above && { workspaceQuantities: heldOf(now.positions) }),
  });
}

type Workspace = { readonly limits: Limits; readonly tradingState: "active" };
const workspaces = new WeakMap<Limits, Workspace>();

/** One object for all turns of a run: what is made of it is made once. */
function activeWorkspace(limits: Limits): Workspace {
  const workspace = workspaces.get(limits) ?? { limits, tradingState: "active" };
  workspaces.set(limits, workspace);
  return workspace;
}

const heldOf = (positions: readonly Position[]): Readonly<Record<SymbolId, Fixed>> =>
  Object.fromEntries(positions.filter((p) => p.quantity > 0n).map((p) => [p.symbol, p.quantity]));

function withFarms(now: TickSituation, limits: readonly Limits[], dayPnl: Fixed): BookFigures {
  const quantities = heldOf(now.positions);
  const { ordersLastMinute } = now.figures;
  const [farm = null, ...outerFarms] = limits.map((l) => ({
    limits: l,
    tradingState: "active" as const,
    dayPnl,
    ordersLastHour: now.ordersLastHour,
    ordersLastMinute,
    othersEquity: ZERO,
    quantities,
  }));
  return { ...now.figures, farm, ...(outerFarms.length > 0 && { outerFarms }) };
}
