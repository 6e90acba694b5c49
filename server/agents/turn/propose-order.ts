import type { ProposedOrder } from "@/server/risk";
import { type Fixed, fixed, max, min, ONE, roundToStep, sub, ZERO } from "@/server/shared";
import type { TurnInputs } from "./core-types";
import { claimedBySells, heldOf, instrumentOf, lastPriceOf } from "./risk-situation";
import type { Decision } from "./types";

/** More than any venue takes; keeps absurd sizes out of arithmetic that has a range. */
const ABSURD = fixed("1000000000000000");

/**
 * The order a decision means, before any limit: quantities in whole lots (rounded down), limit prices on a tick, against the
 * trader (buys up, sells down). Close sells all that is free, at market. Null for hold. A size that cannot be read is a quantity of zero,
 * which the venue rule refuses. Stop loss and take profit are recorded with the decision but are not orders yet.
 */
export function proposeOrder(inputs: TurnInputs, decision: Decision): ProposedOrder | null {
  if (decision.action === "hold") return null;
  const { symbol } = decision;
  const instrument = instrumentOf(inputs, symbol);
  const lot = instrument?.lotSize ?? ONE;
  if (decision.action === "close") {
    const free = max(sub(heldOf(inputs, symbol), claimedBySells(inputs, symbol)), ZERO);
    return { symbol, side: "sell", type: "market", quantity: roundToStep(free, lot, "down"), limitPrice: null };
  }
  const side = decision.action;
  const type = decision.orderType;
  const asked = type === "limit" ? amountOf(decision.limitPrice) : null;
  const limitPrice = asked === null ? null : instrument ? onTick(asked, instrument.tickSize, side) : asked;
  const price = limitPrice ?? lastPriceOf(inputs, symbol) ?? ZERO;
  const amount = amountOf(decision.size?.amount ?? null) ?? ZERO;
  const quantity = decision.size?.unit === "quote" ? (price > 0n ? (((amount * ONE) / price) as Fixed) : ZERO) : amount;
  return { symbol, side, type, quantity: roundToStep(min(quantity, ABSURD), lot, "down"), limitPrice };
}

/** A positive amount, or null when the text is not one. */
function amountOf(text: string | null): Fixed | null {
  if (text === null) return null;
  try {
    const value = fixed(text);
    return value > 0n ? min(value, ABSURD) : null;
  } catch {
    return null;
  }
}

/** Buys round up and sells down: the price is never better than what was asked for by more than it says. */
const onTick = (price: Fixed, tick: Fixed, side: "buy" | "sell"): Fixed => roundToStep(price, tick, side === "buy" ? "up" : "down");
