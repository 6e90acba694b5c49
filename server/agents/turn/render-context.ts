import { atr, bollinger, ema, type Line, rsi } from "@/server/market";
import { abs, fixed, type Json, mul, sub, toFixedText, toText } from "@/server/shared";
import type { TurnInputs } from "./core-types";
import { goalsContext } from "./goals-context";
import { barMsOf } from "./input-parts";
import { limitsText } from "./limits-text";
import { protectionsText } from "./protections-text";
import type { ContextItem } from "./types";
import { type Window, windowHash } from "./window-hash";
import { windowSeries } from "./window-series";

/** Bars whose figures a model reads; the indicators see the whole window. */
const BARS_SHOWN = 24;

/**
 * What the decider sees, in the fixed order: price (one item a symbol), position, open orders, balances, risk, and goals where there are some.
 * Amounts are the very texts of the ledger; indicators are statistics, rounded to the price's own decimals.
 */
export function renderContext(inputs: TurnInputs): readonly ContextItem[] {
  const held = inputs.account.positions.map((p) => p.symbol);
  const symbols = [...new Set([...inputs.agent.symbols, ...held])].filter((s) => inputs.windows[s] || inputs.prices[s]);
  const goals = goalsContext(inputs);
  return [...symbols.map((s) => price(inputs, s)), positions(inputs), openOrders(inputs), balances(inputs), risk(inputs), ...(goals ? [goals] : [])];
}

function price(inputs: TurnInputs, symbol: string): ContextItem {
  const window = inputs.windows[symbol] ?? [];
  const last = inputs.prices[symbol];
  const instrument = inputs.instruments[symbol];
  const decimals = Math.max((instrument?.tickSize.split(".")[1] ?? "").length, 2);
  const { high, low, close } = windowSeries(window);
  const bands = bollinger(close, 20, 2);
  const stat = (line: Line, digits = decimals): string | null => line.at(-1)?.toFixed(digits) ?? null;
  const indicators = {
    ema12: stat(ema(close, 12)),
    ema48: stat(ema(close, 48)),
    rsi14: stat(rsi(close, 14), 2),
    atr14: stat(atr(high, low, close, 14)),
    bollinger20: { lower: stat(bands.lower), middle: stat(bands.middle), upper: stat(bands.upper) },
  };
  const figure = (x: string | null): string => x ?? "not enough bars";
  const lines = [
    last ? `Last price ${last.price} ${inputs.agent.currency} at ${iso(last.at)}.` : "No price is known.",
    `EMA 12 ${figure(indicators.ema12)}, EMA 48 ${figure(indicators.ema48)}, RSI 14 ${figure(indicators.rsi14)}, ATR 14 ${figure(indicators.atr14)}, ` +
      `Bollinger 20 ± 2: ${figure(indicators.bollinger20.lower)} / ${figure(indicators.bollinger20.middle)} / ${figure(indicators.bollinger20.upper)}; from ${window.length} bars of ${inputs.agent.barInterval}.`,
    // Rules read the bars themselves; only a model needs them spelt out.
    ...(inputs.agent.decider.kind === "model"
      ? [`Last bars (open time UTC, open, high, low, close, volume):`, ...window.slice(-BARS_SHOWN).map(barLine)]
      : []),
  ];
  return {
    id: `price:${symbol}`,
    title: `${symbol} price`,
    source: inputs.source.label,
    trust: "exchange",
    at: last?.at ?? inputs.at,
    text: lines.join("\n"),
    data: { symbol, price: last?.price ?? null, bars: window.length, window: windowHash(window, barMsOf(inputs)), indicators },
  };
}

function positions(inputs: TurnInputs): ContextItem {
  const held = inputs.account.positions.filter((p) => p.quantity !== "0");
  const described = held.map((p) => {
    const last = inputs.prices[p.symbol]?.price ?? null;
    const entry = fixed(p.averageEntry);
    const value = last ? mul(fixed(p.quantity), fixed(last), "half-even") : null;
    const open = last ? mul(fixed(p.quantity), sub(fixed(last), entry), "half-even") : null;
    return { ...p, lastPrice: last, value: value === null ? null : toText(value), unrealisedPnl: open === null ? null : toText(open) };
  });
  const unit = inputs.agent.currency;
  const text = described.length
    ? described
        .map(
          (p) =>
            `${p.symbol}: ${p.quantity} held, average entry ${p.averageEntry}, worth ${p.value ?? "unknown"} ${unit}, ` +
            `unrealised ${p.unrealisedPnl ?? "unknown"} ${unit}, realised so far ${p.realisedPnl} ${unit}, fees ${p.feesPaid} ${unit}.`,
        )
        .join("\n")
    : "No position is held.";
  return own(inputs, "position", "Position", text, described);
}

function openOrders(inputs: TurnInputs): ContextItem {
  const orders = inputs.account.openOrders;
  const text = orders.length
    ? orders
        .map((o) => `${o.side} ${o.quantity} ${o.symbol} ${o.type}${o.limitPrice ? ` at ${o.limitPrice}` : ""}, ${o.filledQuantity} filled.`)
        .join("\n")
    : "No order is open.";
  return own(inputs, "orders", "Open orders", text, orders as unknown as Json);
}

function balances(inputs: TurnInputs): ContextItem {
  const { cash, held, equity } = inputs.account;
  const unit = inputs.agent.currency;
  const text = `Free cash ${cash} ${unit}, held by open orders ${held} ${unit}, equity ${equity} ${unit}.`;
  return own(inputs, "balances", "Balances", text, { cash, held, equity, currency: unit });
}

function risk(inputs: TurnInputs): ContextItem {
  const unit = inputs.agent.currency;
  const farm = inputs.figures?.farm;
  const protections = protectionsText(inputs);
  const pnl = sub(fixed(inputs.account.equity), fixed(inputs.risk.dayStartEquity));
  const day = `${pnl < 0n ? "loss" : "profit"} ${toFixedText(abs(pnl), 2, "half-even")} ${unit}`;
  const text = [
    `Trading state: agent ${inputs.agent.tradingState}, workspace ${inputs.workspace.tradingState}.`,
    `Today (UTC): ${day}; orders in the last hour: ${inputs.risk.ordersLastHour}, in the whole workspace ${inputs.risk.workspaceOrdersLastHour}.`,
    `Hard limits of the agent: ${limitsText(inputs.agent.limits, unit)}.`,
    `Hard limits of the workspace: ${limitsText(inputs.workspace.limits, unit)}.`,
    ...(farm ? [`Hard limits of the farm (${farm.tradingState}): ${limitsText(farm.limits, unit)}.`] : []),
    ...(inputs.figures?.outerFarms ?? []).map((f) => `Hard limits of a farm above it (${f.tradingState}): ${limitsText(f.limits, unit)}.`),
    ...(protections ? [protections] : []),
    "Code enforces these limits after the decision; an order beyond one is made smaller or refused.",
  ].join("\n");
  const data = {
    tradingState: inputs.agent.tradingState,
    workspaceTradingState: inputs.workspace.tradingState,
    dayPnl: toText(pnl),
    limits: inputs.agent.limits as unknown as Json,
    workspaceLimits: inputs.workspace.limits as unknown as Json,
    ...inputs.risk,
  };
  return own(inputs, "risk", "Risk state and limits", text, data as unknown as Json);
}

const own = (inputs: TurnInputs, id: string, title: string, text: string, data: Json): ContextItem => ({
  id,
  title,
  source: "MemePulse ledger",
  trust: "own",
  at: inputs.at,
  text,
  data,
});

const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;

const barLines = new WeakMap<Window[number], string>();

/** Written once per bar: a backtest shows each bar to many turns. */
function barLine(row: Window[number]): string {
  let line = barLines.get(row);
  if (line === undefined) {
    line = `${iso(row[0])} ${row.slice(1).join(" ")}`;
    barLines.set(row, line);
  }
  return line;
}
