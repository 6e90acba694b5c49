import { parseProtections, type RiskSituation } from "@/server/risk";
import { type Fixed, fixed, max, mul, sub, sum, ZERO } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import type { TurnInputs } from "./core-types";
import { goalBudget } from "./goal-budget";
import { returnCorrelation } from "./return-correlation";
import { riskLevels } from "./risk-levels";
import type { Window } from "./window-hash";

type InstrumentText = TurnInputs["instruments"][string];
const instruments = new WeakMap<InstrumentText, Instrument>();
const protections = new WeakMap<object, RiskSituation["protections"]>();
const NONE: RiskSituation["protections"] = [];

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
      ...(text.session && { session: text.session }),
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

/** The recorded inputs as the risk engine reads them, for one symbol. What is costly is computed when a limit asks for it. */
export function riskSituation(inputs: TurnInputs, symbol: string): RiskSituation {
  const { account, figures, prices } = inputs;
  const lastPrice = lastPriceOf(inputs, symbol);
  const instrument = instrumentOf(inputs, symbol);
  const openBuys = account.openOrders.filter((o) => o.symbol === symbol && o.side === "buy");
  const openBuyNotional = sum(openBuys.map((o) => mul(remaining(o), o.limitPrice === null ? (lastPrice ?? ZERO) : fixed(o.limitPrice), "up")));
  const depth = figures?.depth && Object.hasOwn(figures.depth, symbol) ? figures.depth[symbol]?.asks : undefined;
  const windowOf = (s: string): Window => (Object.hasOwn(inputs.windows, s) ? (inputs.windows[s] ?? []) : []);
  const correlations = new Map<string, number | null>();
  return {
    levels: riskLevels(inputs, symbol),
    symbols: inputs.agent.symbols,
    at: inputs.at,
    instrument,
    session: instrument?.session ?? "open",
    lastPrice,
    lastPriceAt: Object.hasOwn(prices, symbol) ? (prices[symbol]?.at ?? null) : null,
    referencePrice: () => {
      const close = windowOf(symbol).at(-1)?.[4];
      return close === undefined ? null : fixed(close);
    },
    cash: fixed(account.cash),
    quantity: heldOf(inputs, symbol),
    claimedBySells: claimedBySells(inputs, symbol),
    openBuyNotional,
    openOrders: account.openOrders.map((o) => ({ symbol: o.symbol, side: o.side, limitPrice: o.limitPrice === null ? null : fixed(o.limitPrice) })),
    recentOrders: (figures?.recentOrders ?? []).map((o) => ({
      ...o,
      quantity: fixed(o.quantity),
      limitPrice: o.limitPrice === null ? null : fixed(o.limitPrice),
    })),
    volume: (bars) => {
      const counted = windowOf(symbol).slice(-bars);
      return { traded: sum(counted.map((row) => fixed(row[5]))), bars: counted.length };
    },
    depth: depth === undefined ? null : fixed(depth),
    correlation: (other) => {
      if (!correlations.has(other)) correlations.set(other, returnCorrelation(windowOf(symbol), windowOf(other)));
      return correlations.get(other) ?? null;
    },
    protections: protectionsOf(inputs),
    closedTrades: (figures?.closedTrades ?? []).map((t) => ({ ...t, profit: fixed(t.profit) })),
    ...goalBound(inputs),
    byPerson: inputs.trigger.kind !== "schedule",
  };
}

/** What the agent's goals bound, as a limit like any other. */
function goalBound(inputs: TurnInputs): Pick<RiskSituation, "goalBudget"> {
  const budget = goalBudget(inputs);
  if (!budget || budget.maxExposurePercent === null) return {};
  return { goalBudget: { maxExposurePercent: budget.maxExposurePercent, why: budget.reasons.map((r) => r.text).join(" ") } };
}

function protectionsOf({ agent }: TurnInputs): RiskSituation["protections"] {
  if (!agent.protections) return NONE;
  let parsed = protections.get(agent.protections);
  if (!parsed) {
    parsed = parseProtections(agent.protections);
    protections.set(agent.protections, parsed);
  }
  return parsed;
}
