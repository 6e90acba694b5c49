import { parseLimits, type RiskSituation } from "@/server/risk";
import { add, type Fixed, fixed, max, mul, sub, sum, ZERO } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import type { RecordedLimits, TurnInputs } from "./core-types";

type InstrumentText = TurnInputs["instruments"][string];
const instruments = new WeakMap<InstrumentText, Instrument>();
const limits = new WeakMap<RecordedLimits, ReturnType<typeof parseLimits>>();

/** A recorded instrument, typed; null when the venue does not know the symbol. */
export function instrumentOf(inputs: TurnInputs, symbol: string): Instrument | null {
  const text = Object.hasOwn(inputs.instruments, symbol) ? inputs.instruments[symbol] : undefined;
  if (!text) return null;
  let known = instruments.get(text);
  if (!known) {
    known = {
      symbol,
      base: text.base,
      quote: text.quote,
      tickSize: fixed(text.tickSize),
      lotSize: fixed(text.lotSize),
      minQuantity: fixed(text.minQuantity),
      maxQuantity: fixed(text.maxQuantity),
      minNotional: fixed(text.minNotional),
      makerFee: fixed(text.makerFee),
      takerFee: fixed(text.takerFee),
    };
    instruments.set(text, known);
  }
  return known;
}

/** Last price of a symbol, null when there is none. */
export function lastPriceOf(inputs: TurnInputs, symbol: string): Fixed | null {
  const point = Object.hasOwn(inputs.prices, symbol) ? inputs.prices[symbol] : undefined;
  return point ? fixed(point.price) : null;
}

/** Base units held of a symbol. */
export function heldOf(inputs: TurnInputs, symbol: string): Fixed {
  const position = inputs.account.positions.find((p) => p.symbol === symbol);
  return position ? fixed(position.quantity) : ZERO;
}

/** What an open order still wants (base units). */
const remaining = (o: TurnInputs["account"]["openOrders"][number]): Fixed => max(sub(fixed(o.quantity), fixed(o.filledQuantity)), ZERO);

/** Base units that open sell orders do not claim. */
export const claimedBySells = (inputs: TurnInputs, symbol: string): Fixed =>
  sum(inputs.account.openOrders.filter((o) => o.symbol === symbol && o.side === "sell").map(remaining));

/** The recorded inputs as the risk engine reads them, for one symbol. */
export function riskSituation(inputs: TurnInputs, symbol: string): RiskSituation {
  const lastPrice = lastPriceOf(inputs, symbol);
  const openBuys = inputs.account.openOrders.filter((o) => o.symbol === symbol && o.side === "buy");
  const openBuyNotional = openBuys.reduce<Fixed>((total, o) => {
    const price = o.limitPrice === null ? (lastPrice ?? ZERO) : fixed(o.limitPrice);
    return add(total, mul(remaining(o), price, "up"));
  }, ZERO);
  const held = inputs.risk.workspaceNotional;
  return {
    agent: { limits: read(inputs.agent.limits), tradingState: inputs.agent.tradingState, symbols: inputs.agent.symbols },
    workspace: { limits: read(inputs.workspace.limits), tradingState: inputs.workspace.tradingState },
    instrument: instrumentOf(inputs, symbol),
    lastPrice,
    cash: fixed(inputs.account.cash),
    quantity: heldOf(inputs, symbol),
    claimedBySells: claimedBySells(inputs, symbol),
    openBuyNotional,
    workspaceNotional: Object.hasOwn(held, symbol) ? fixed(held[symbol] as string) : ZERO,
    dayPnl: sub(fixed(inputs.account.equity), fixed(inputs.risk.dayStartEquity)),
    workspaceDayPnl: fixed(inputs.risk.workspaceDayPnl),
    ordersLastHour: inputs.risk.ordersLastHour,
    workspaceOrdersLastHour: inputs.risk.workspaceOrdersLastHour,
    byPerson: inputs.trigger.kind !== "schedule",
  };
}

function read(recorded: RecordedLimits): ReturnType<typeof parseLimits> {
  let parsed = limits.get(recorded);
  if (!parsed) {
    parsed = parseLimits(recorded);
    limits.set(recorded, parsed);
  }
  return parsed;
}
