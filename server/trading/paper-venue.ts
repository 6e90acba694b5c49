import type { SymbolId } from "@/server/market";
import { add, DomainError, type Fixed, fixed, isMultipleOf, min, mul, roundToStep, sub, toText, ZERO } from "@/server/shared";
import { fillAmounts } from "./fill-amounts";
import { type Match, matchPaperOrder } from "./match-paper-order";
import { type PaperEvent, paperEvents, RANK } from "./paper-events";
import { DEFAULT_PAPER_RULES, type PaperAccountState, type PaperMarket, type PaperOrder, type PaperRules, type PaperStep } from "./paper-types";
import type { PlaceOrder } from "./ports";
import { reserveFor } from "./reserve";
import type { Execution, Instrument } from "./types";

const rejected = (reason: string, message: string, field?: string): DomainError =>
  new DomainError("ORDER_REJECTED", message, { kind: "invalid", field, data: { reason } });

const balanceOf = (state: PaperAccountState, currency: string): Fixed => fixed(state.balances[currency] ?? "0");

const lockedIn = (open: readonly PaperOrder[], symbol: SymbolId | null, side: "buy" | "sell", quote: string): Fixed =>
  open
    .filter((o) => o.side === side && (symbol === null ? o.symbol.endsWith(`/${quote}`) : o.symbol === symbol))
    .reduce<Fixed>((s, o) => add(s, fixed(o.reserved)), ZERO);

/**
 * Takes an order into the book; it fills at the next advance. `lastPrice` sizes a market buy's reserve.
 * Throws ORDER_REJECTED with data.reason: DUPLICATE_CLIENT_ID, TICK_SIZE, LOT_SIZE, MIN_QUANTITY, MAX_QUANTITY, MIN_NOTIONAL,
 * INVALID_PRICE, NOTHING_TO_REDUCE, INSUFFICIENT_FUNDS, EXPIRED.
 */
export function placePaperOrder(
  state: PaperAccountState,
  order: PlaceOrder,
  instrument: Instrument,
  lastPrice: Fixed,
): PaperStep & { readonly order: PaperOrder } {
  if (state.open.some((o) => o.clientOrderId === order.clientOrderId)) {
    throw rejected("DUPLICATE_CLIENT_ID", "an order with this client id is still open", "clientOrderId");
  }
  if (order.type === "limit" ? order.limitPrice === null || order.limitPrice <= 0n : order.limitPrice !== null) {
    throw rejected("INVALID_PRICE", "a limit order needs a price above zero, a market order has none", "limitPrice");
  }
  if (order.limitPrice !== null && !isMultipleOf(order.limitPrice, instrument.tickSize)) {
    throw rejected("TICK_SIZE", `the price must be a multiple of ${toText(instrument.tickSize)}`, "limitPrice");
  }
  if (order.expiresAt !== null && order.expiresAt <= order.at) throw rejected("EXPIRED", "the order had expired before it arrived", "expiresAt");
  const free = sub(balanceOf(state, instrument.base), lockedIn(state.open, order.symbol, "sell", instrument.quote));
  let quantity = order.quantity;
  if (order.side === "sell" && order.reduceOnly) {
    quantity = min(quantity, free);
    if (quantity <= 0n) throw rejected("NOTHING_TO_REDUCE", `there is no ${instrument.base} left to sell`, "quantity");
  }
  if (order.side === "buy" && order.reduceOnly) throw rejected("NOTHING_TO_REDUCE", "a spot position is reduced by selling", "side");
  if (!isMultipleOf(quantity, instrument.lotSize))
    throw rejected("LOT_SIZE", `the quantity must be a multiple of ${toText(instrument.lotSize)}`, "quantity");
  if (quantity < instrument.minQuantity || quantity <= 0n)
    throw rejected("MIN_QUANTITY", `the least quantity is ${toText(instrument.minQuantity)}`, "quantity");
  if (quantity > instrument.maxQuantity) throw rejected("MAX_QUANTITY", `the most is ${toText(instrument.maxQuantity)}`, "quantity");
  const notional = mul(quantity, order.limitPrice ?? lastPrice, "down");
  // Closing what is left must always be possible, however little it is worth.
  if (!order.reduceOnly && notional < instrument.minNotional) {
    throw rejected("MIN_NOTIONAL", `the least order is worth ${toText(instrument.minNotional)} ${instrument.quote}`, "quantity");
  }
  const reserved = order.side === "buy" ? reserveFor({ ...order, quantity }, instrument, lastPrice) : quantity;
  const have = order.side === "buy" ? sub(balanceOf(state, instrument.quote), lockedIn(state.open, null, "buy", instrument.quote)) : free;
  if (reserved > have) {
    const currency = order.side === "buy" ? instrument.quote : instrument.base;
    throw rejected("INSUFFICIENT_FUNDS", `the order needs ${toText(reserved)} ${currency}, ${toText(have)} is free`, "quantity");
  }
  const placed: PaperOrder = {
    clientOrderId: order.clientOrderId,
    placement: state.lastPlacement + 1,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    quantity: toText(quantity),
    limitPrice: order.limitPrice === null ? null : toText(order.limitPrice),
    reduceOnly: order.reduceOnly,
    expiresAt: order.expiresAt,
    at: order.at,
    status: "open",
    filledQuantity: "0",
    reason: null,
    reserved: toText(reserved),
    // It has seen everything up to its own instant except the bar that opens there.
    seenAt: order.at,
    seenRank: RANK.expiry,
    arrived: false,
    barAt: -1,
    barFilled: "0",
  };
  return { state: { ...state, open: [...state.open, placed], lastPlacement: placed.placement }, executions: [], orders: [placed], order: placed };
}

/** Takes an open order out of the book; null when none is open under this id. */
export function cancelPaperOrder(state: PaperAccountState, clientOrderId: string): (PaperStep & { readonly order: PaperOrder }) | null {
  const found = state.open.find((o) => o.clientOrderId === clientOrderId);
  if (!found) return null;
  const order: PaperOrder = { ...found, status: "cancelled", reason: "cancelled", reserved: "0" };
  return { state: { ...state, open: state.open.filter((o) => o !== found) }, executions: [], orders: [order], order };
}

/** Moves money or units in (above zero) or out (below zero), once per key. Throws INSUFFICIENT_FUNDS. */
export function transferPaper(state: PaperAccountState, currency: string, amount: Fixed, key: string): PaperAccountState {
  if (state.transfers.includes(key)) return state;
  const locked = add(lockedIn(state.open, null, "buy", currency), lockedBase(state.open, currency));
  const after = add(balanceOf(state, currency), amount);
  if (after < locked) {
    throw new DomainError("INSUFFICIENT_FUNDS", `the paper account has not that much free ${currency}`, { kind: "conflict", data: { currency } });
  }
  return { ...state, balances: { ...state.balances, [currency]: toText(after) }, transfers: [...state.transfers, key] };
}

const lockedBase = (open: readonly PaperOrder[], base: string): Fixed =>
  open.filter((o) => o.side === "sell" && o.symbol.startsWith(`${base}/`)).reduce<Fixed>((s, o) => add(s, fixed(o.reserved)), ZERO);

/**
 * Lets every open order see the market up to `at`. Going on in small steps or one large step gives the same fills;
 * going back or standing still changes nothing.
 */
export function advancePaperAccount(
  state: PaperAccountState,
  input: { readonly at: number; readonly markets: Readonly<Record<SymbolId, PaperMarket>>; readonly rules?: PaperRules },
): PaperStep {
  if (state.open.length === 0) {
    return { state: input.at > state.advancedTo ? { ...state, advancedTo: input.at } : state, executions: [], orders: [] };
  }
  const rules = input.rules ?? DEFAULT_PAPER_RULES;
  const balances: Record<string, string> = { ...state.balances };
  let open = [...state.open];
  let lastSequence = state.lastSequence;
  const executions: Execution[] = [];
  const changed = new Map<number, PaperOrder>();
  for (const event of paperEvents(state.open, input.markets, input.at)) {
    for (const order of inWorstOrder(open.filter((o) => concerns(o, event)))) {
      const market = input.markets[order.symbol];
      let next: PaperOrder = { ...order, seenAt: event.at, seenRank: event.rank };
      if (event.rank === RANK.expiry) {
        next = { ...next, status: "expired", reason: "expired", reserved: "0" };
        changed.set(next.placement, next);
      } else if (market) {
        const match = matchPaperOrder(order, event, market.instrument, rules);
        if (event.rank === RANK.open && event.bar.openTime >= order.at) next = { ...next, arrived: true };
        if (match) {
          const fill = execute(next, match, market.instrument, balances, open, lastSequence, event);
          if (fill.execution) {
            executions.push(fill.execution);
            lastSequence = fill.execution.sequence;
          }
          next = fill.order;
          changed.set(next.placement, next);
        }
      }
      open =
        next.status === "open" || next.status === "partially_filled" ? open.map((o) => (o === order ? next : o)) : open.filter((o) => o !== order);
    }
  }
  return {
    state: { ...state, balances, open, lastSequence, advancedTo: Math.max(state.advancedTo, input.at) },
    executions,
    orders: [...changed.values()],
  };
}

function concerns(order: PaperOrder, event: PaperEvent): boolean {
  if (event.at < order.seenAt || (event.at === order.seenAt && event.rank <= order.seenRank)) return false;
  return event.rank === RANK.expiry ? event.placement === order.placement : event.symbol === order.symbol;
}

/** Inside one event buys go before sells, the dearest buy and the cheapest sell first: money is spent at the worst prices first. */
function inWorstOrder(orders: readonly PaperOrder[]): readonly PaperOrder[] {
  if (orders.length < 2) return orders;
  const rank = (o: PaperOrder): bigint => (o.limitPrice === null ? 0n : o.side === "buy" ? -fixed(o.limitPrice) : fixed(o.limitPrice));
  return [...orders].sort((a, b) => {
    if (a.side !== b.side) return a.side === "buy" ? -1 : 1;
    if ((a.limitPrice === null) !== (b.limitPrice === null)) return a.limitPrice === null ? -1 : 1;
    const [x, y] = [rank(a), rank(b)];
    return x < y ? -1 : x > y ? 1 : a.placement - b.placement;
  });
}

function execute(
  order: PaperOrder,
  match: Match,
  instrument: Instrument,
  balances: Record<string, string>,
  open: readonly PaperOrder[],
  lastSequence: number,
  event: PaperEvent & { readonly rank: 0 | 2 },
): { readonly order: PaperOrder; readonly execution: Execution | null } {
  const rate = match.liquidity === "maker" ? instrument.makerFee : instrument.takerFee;
  const priced = (quantity: Fixed) => {
    const fee = mul(mul(quantity, match.price, "up"), rate, "up");
    return { side: order.side, quantity, price: match.price, fee };
  };
  const reserved = fixed(order.reserved);
  let fill = priced(match.quantity);
  let cutShort = false;
  if (order.side === "buy") {
    // A price that ran away more than the reserve allows: take what is affordable, then stop. Other orders' reserves stay untouched.
    const others = sub(lockedIn(open, null, "buy", instrument.quote), reserved);
    const have = sub(balanceIn(balances, instrument.quote), others);
    if (fillAmounts(fill).cash > have) {
      const unit = fillAmounts(priced(instrument.lotSize)).cash;
      const lots = have <= 0n ? 0n : (have as bigint) / (unit as bigint);
      fill = priced(roundToStep((lots * (instrument.lotSize as bigint)) as Fixed, instrument.lotSize, "down"));
      cutShort = true;
    }
  }
  if (fill.quantity <= 0n) {
    return { order: { ...order, status: "cancelled", reason: "INSUFFICIENT_FUNDS", reserved: "0" }, execution: null };
  }
  const { cash } = fillAmounts(fill);
  const sign = order.side === "buy" ? 1n : -1n;
  balances[instrument.base] = toText((balanceIn(balances, instrument.base) + sign * fill.quantity) as Fixed);
  balances[instrument.quote] = toText((balanceIn(balances, instrument.quote) - sign * cash) as Fixed);
  const filled = add(fixed(order.filledQuantity), fill.quantity);
  const done = filled === fixed(order.quantity);
  const spent = order.side === "buy" ? cash : fill.quantity;
  const status = done ? "filled" : cutShort ? "cancelled" : "partially_filled";
  const barFilled = order.barAt === event.bar.openTime ? add(fixed(order.barFilled), fill.quantity) : fill.quantity;
  return {
    order: {
      ...order,
      status,
      reason: !done && cutShort ? "INSUFFICIENT_FUNDS" : null,
      filledQuantity: toText(filled),
      reserved: status === "partially_filled" ? toText(sub(reserved, min(reserved, spent))) : "0",
      barAt: event.bar.openTime,
      barFilled: toText(barFilled),
    },
    execution: {
      executionId: `x${lastSequence + 1}`,
      sequence: lastSequence + 1,
      clientOrderId: order.clientOrderId,
      symbol: order.symbol,
      side: order.side,
      quantity: fill.quantity,
      price: match.price,
      fee: fill.fee,
      liquidity: match.liquidity,
      at: event.at,
    },
  };
}

const balanceIn = (balances: Readonly<Record<string, string>>, currency: string): Fixed => fixed(balances[currency] ?? "0");
