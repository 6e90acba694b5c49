import { type Candle, INTERVAL_MS, type MarketSource, type PricePoint, type SymbolId } from "@/server/market";
import type { Limits, TradingState } from "@/server/risk";
import { add, type Fixed, mul, toText } from "@/server/shared";
import type { Instrument, Order, Position } from "@/server/trading";
import type { AgentConfig } from "../types";
import type { RecordedLimits, TurnInputs } from "./core-types";
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
};

/** Frozen inputs of one turn: the same function live, in the bulk import and in a backtest. Equity = cash + held + Σ quantity × last price. */
export function assembleInputs(from: PortAnswers): TurnInputs {
  const { config } = from;
  const positions = from.positions.filter((p) => p.quantity !== 0n || p.realisedPnl !== 0n || p.feesPaid !== 0n);
  let equity = add(from.cash, from.held);
  for (const p of positions) {
    const price = from.prices[p.symbol]?.price;
    if (price) equity = add(equity, mul(p.quantity, price, "half-even"));
  }
  return {
    version: 1,
    turnId: from.turnId,
    agentId: from.agentId,
    tickId: from.tickId,
    trigger: from.trigger,
    at: from.at,
    agent: {
      name: config.name,
      symbols: config.symbols,
      barInterval: config.barInterval,
      triggerIntervalMs: config.trigger.kind === "interval" ? INTERVAL_MS[config.trigger.interval] : null,
      strategyText: config.strategyText,
      decider: config.decider,
      limits: recordLimits(config.limits),
      tradingState: from.tradingState,
      configVersion: from.configVersion,
      currency: from.currency,
    },
    workspace: { limits: recordLimits(from.workspace.limits), tradingState: from.workspace.tradingState },
    source: from.source,
    instruments: Object.fromEntries(from.instruments.map((i) => [i.symbol, instrumentText(i)])),
    windows: Object.fromEntries(Object.entries(from.candles).map(([symbol, candles]) => [symbol, windowOf(candles)])),
    prices: Object.fromEntries(Object.entries(from.prices).map(([symbol, p]) => [symbol, { price: toText(p.price), at: p.at }])),
    account: {
      cash: toText(from.cash),
      held: toText(from.held),
      equity: toText(equity),
      positions: positions.map((p) => ({
        symbol: p.symbol,
        quantity: toText(p.quantity),
        averageEntry: toText(p.averageEntry),
        realisedPnl: toText(p.realisedPnl),
        feesPaid: toText(p.feesPaid),
      })),
      openOrders: from.openOrders.map((o) => ({
        clientOrderId: o.clientOrderId,
        symbol: o.symbol,
        side: o.side,
        type: o.type,
        quantity: toText(o.quantity),
        filledQuantity: toText(o.filledQuantity),
        limitPrice: o.limitPrice === null ? null : toText(o.limitPrice),
      })),
    },
    risk: {
      dayStartEquity: toText(from.risk.dayStartEquity),
      ordersLastHour: from.risk.ordersLastHour,
      workspaceDayPnl: toText(from.risk.workspaceDayPnl),
      workspaceOrdersLastHour: from.risk.workspaceOrdersLastHour,
      workspaceNotional: Object.fromEntries(Object.entries(from.risk.workspaceNotional).map(([s, n]) => [s, toText(n)])),
    },
  };
}

/** Limits as plain JSON, decimals as text; the inverse of parseLimits. */
export const recordLimits = (limits: Limits): RecordedLimits => ({
  allowedSymbols: limits.allowedSymbols,
  maxOrderNotional: textOrNull(limits.maxOrderNotional),
  maxPositionNotional: textOrNull(limits.maxPositionNotional),
  maxDailyLoss: textOrNull(limits.maxDailyLoss),
  maxOrdersPerHour: limits.maxOrdersPerHour,
});

const textOrNull = (x: Fixed | null): string | null => (x === null ? null : toText(x));

// A backtest gives the same candle objects to 200 successive turns, and the same instruments to all of them:
// their text is made once.
const rows = new WeakMap<Candle, Window[number]>();
const instrumentTexts = new WeakMap<Instrument, TurnInputs["instruments"][string]>();

const windowOf = (candles: readonly Candle[]): Window =>
  candles.map((c) => {
    let row = rows.get(c);
    if (!row) {
      row = [c.openTime, toText(c.open), toText(c.high), toText(c.low), toText(c.close), toText(c.volume)];
      rows.set(c, row);
    }
    return row;
  });

function instrumentText(i: Instrument): TurnInputs["instruments"][string] {
  let text = instrumentTexts.get(i);
  if (!text) {
    text = {
      base: i.base,
      quote: i.quote,
      tickSize: toText(i.tickSize),
      lotSize: toText(i.lotSize),
      minQuantity: toText(i.minQuantity),
      maxQuantity: toText(i.maxQuantity),
      minNotional: toText(i.minNotional),
      makerFee: toText(i.makerFee),
      takerFee: toText(i.takerFee),
    };
    instrumentTexts.set(i, text);
  }
  return text;
}
