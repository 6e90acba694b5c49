import { type Candle, INTERVAL_MS, type MarketSource, type PricePoint, type SymbolId } from "@/server/market";
import { type Limits, protectionsAsJson, type TradingState } from "@/server/risk";
import { add, type Fixed, mul, toText, ZERO } from "@/server/shared";
import type { Instrument, Order, Position } from "@/server/trading";
import type { AgentConfig } from "../types";
import type { TurnInputs } from "./core-types";
import { type BookGoals, recordGoals } from "./goal-budget";
import { type NeededFigures, neededFigures } from "./needed-figures";
import { type BookFigures, farmLimits, recordFigures, recordLimits } from "./risk-figures";
import { SlidingMemo } from "./sliding-memo";
import type { TurnTrigger } from "./types";
import type { Window } from "./window-hash";

/** Bars a decider is given (at most; fewer at the start of a market). */
export const CONTEXT_BARS = 200;

/** What the ports answered for one turn, still typed. */
export type PortAnswers = {
  readonly turnId: string;
  readonly agentId: string;
  readonly tickId: string;
  readonly trigger: TurnTrigger;
  /** Market time of the tick (ms). */
  readonly at: number;
  readonly config: AgentConfig;
  readonly configVersion: number;
  readonly tradingState: TradingState;
  readonly currency: string;
  readonly workspace: { readonly limits: Limits; readonly tradingState: TradingState };
  readonly source: MarketSource;
  readonly instruments: readonly Instrument[];
  /** Closed bars, oldest first, of the agent's symbols and of every other symbol it still holds. */
  readonly candles: Readonly<Record<SymbolId, readonly Candle[]>>;
  readonly prices: Readonly<Record<SymbolId, PricePoint>>;
  readonly cash: Fixed;
  readonly held: Fixed;
  readonly positions: readonly Position[];
  readonly openOrders: readonly Pick<Order, "clientOrderId" | "symbol" | "side" | "type" | "quantity" | "filledQuantity" | "limitPrice">[];
  readonly risk: {
    /** Equity at the start of the UTC day of market time, moved along with transfers made since. */
    readonly dayStartEquity: Fixed;
    readonly ordersLastHour: number;
    readonly workspaceDayPnl: Fixed;
    readonly workspaceOrdersLastHour: number;
    readonly workspaceNotional: Readonly<Record<SymbolId, Fixed>>;
  };
  /** What only some limits and protections ask for; without it, configuring one of those fails the turn. */
  readonly figures?: BookFigures;
  /** Base units held by the whole workspace, and wanted by open buys of its other agents, in any symbol. */
  readonly workspaceQuantities?: Readonly<Record<SymbolId, Fixed>>;
  readonly depth?: Readonly<Record<SymbolId, { readonly bids: Fixed; readonly asks: Fixed }>>;
  /** Goals that act on the agent, and all money ever moved into it less out of it. */
  readonly goals?: BookGoals | null;
  readonly flowsTotal?: Fixed;
};

const needed = new WeakMap<AgentConfig, { readonly above: readonly Limits[]; readonly need: NeededFigures }>();

/** What the limits of this turn ask for; worked out once per configuration. */
export function neededOf({ config, workspace, figures }: Pick<PortAnswers, "config" | "workspace" | "figures">): NeededFigures {
  const above = [...farmLimits(figures), workspace.limits];
  const before = needed.get(config);
  if (before && before.above.length === above.length && before.above.every((l, i) => l === above[i])) return before.need;
  const need = neededFigures(config.limits, above, config.protections ?? []);
  needed.set(config, { above, need });
  return need;
}

/**
 * Frozen inputs of one turn: the same function live, in the bulk import and in a backtest. Equity = cash + held + Σ quantity × last price.
 * Throws FIGURE_MISSING.
 */
export function assembleInputs(from: PortAnswers): TurnInputs {
  const positions = from.positions.filter((p) => p.quantity !== 0n || p.realisedPnl !== 0n || p.feesPaid !== 0n);
  let equity = add(from.cash, from.held);
  for (const p of positions) {
    const price = from.prices[p.symbol]?.price;
    if (price) equity = add(equity, mul(p.quantity, price, "half-even"));
  }
  const figures = recordFigures(from, equity, neededOf(from));
  return {
    version: 2,
    turnId: from.turnId,
    agentId: from.agentId,
    tickId: from.tickId,
    trigger: from.trigger,
    at: from.at,
    agent: agentPart(from),
    workspace: workspacePart(from.workspace),
    source: from.source,
    instruments: instrumentsPart(from.instruments),
    windows: mapValues(from.candles, (candles) => rows.columns(candles)[0] ?? []),
    prices: mapValues(from.prices, priceText),
    account: {
      cash: toText(from.cash),
      held: toText(from.held),
      equity: toText(equity),
      positions: positions.map(positionText),
      openOrders: from.openOrders.map((o) => ({
        clientOrderId: o.clientOrderId,
        symbol: o.symbol,
        side: o.side,
        type: o.type,
        quantity: toText(o.quantity),
        filledQuantity: toText(o.filledQuantity),
        limitPrice: textOrNull(o.limitPrice),
      })),
    },
    risk: {
      dayStartEquity: toText(from.risk.dayStartEquity),
      ordersLastHour: from.risk.ordersLastHour,
      workspaceDayPnl: toText(from.risk.workspaceDayPnl),
      workspaceOrdersLastHour: from.risk.workspaceOrdersLastHour,
      workspaceNotional: mapValues(from.risk.workspaceNotional, toText),
    },
    ...(figures && { figures }),
    ...recordGoals(from.goals, from.flowsTotal ?? ZERO, toText),
  };
}

const textOrNull = (x: Fixed | null): string | null => (x === null ? null : toText(x));

function mapValues<A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> {
  const out: Record<string, B> = {};
  for (const key of Object.keys(record)) out[key] = change(record[key] as A);
  return out;
}

/** One result per object, as long as the object lives. Inputs are frozen by contract. */
function once<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, V>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      known.set(key, value);
    }
    return value;
  };
}

// A backtest gives the same objects to many successive turns (a bar to 200 of them): their texts are made once.
const rows = new SlidingMemo<Candle, readonly [Window[number]]>((c) => [
  [c.openTime, toText(c.open), toText(c.high), toText(c.low), toText(c.close), toText(c.volume)],
]);
const priceText = once((p: PricePoint) => ({ price: toText(p.price), at: p.at }));
const positionText = once((p: Position) => ({
  symbol: p.symbol,
  quantity: toText(p.quantity),
  averageEntry: toText(p.averageEntry),
  realisedPnl: toText(p.realisedPnl),
  feesPaid: toText(p.feesPaid),
}));
const instrumentText = once((i: Instrument) => ({
  base: i.base,
  quote: i.quote,
  tickSize: toText(i.tickSize),
  lotSize: toText(i.lotSize),
  minQuantity: toText(i.minQuantity),
  maxQuantity: toText(i.maxQuantity),
  minNotional: toText(i.minNotional),
  makerFee: toText(i.makerFee),
  takerFee: toText(i.takerFee),
  ...(i.session && i.session !== "open" && { session: i.session }),
}));
const instrumentsPart = once((list: readonly Instrument[]): TurnInputs["instruments"] =>
  Object.fromEntries(list.map((i) => [i.symbol, instrumentText(i)])),
);
const workspacePart = once((workspace: PortAnswers["workspace"]): TurnInputs["workspace"] => ({
  limits: recordLimits(workspace.limits),
  tradingState: workspace.tradingState,
}));

const agentParts = new WeakMap<AgentConfig, TurnInputs["agent"]>();

function agentPart({ config, configVersion, tradingState, currency }: PortAnswers): TurnInputs["agent"] {
  const before = agentParts.get(config);
  if (before && before.configVersion === configVersion && before.tradingState === tradingState && before.currency === currency) return before;
  const part: TurnInputs["agent"] = {
    name: config.name,
    symbols: config.symbols,
    barInterval: config.barInterval,
    triggerIntervalMs: config.trigger.kind === "interval" ? INTERVAL_MS[config.trigger.interval] : null,
    strategyText: config.strategyText,
    decider: config.decider,
    limits: recordLimits(config.limits),
    ...(config.protections?.length && { protections: protectionsAsJson(config.protections) }),
    tradingState,
    configVersion,
    currency,
    ...(config.masked ? { masked: true as const } : {}),
  };
  agentParts.set(config, part);
  return part;
}
