import { add, div, type Fixed, fixed, max, min, mul, ONE, roundToStep, sub, ZERO } from "@/server/shared";
import type { PaperEvent } from "./paper-events";
import type { PaperOrder, PaperRules } from "./paper-types";
import type { Instrument, Side } from "./types";

export type Match = { readonly price: Fixed; readonly quantity: Fixed; readonly liquidity: "maker" | "taker" };

/**
 * What one order gets from one market event, or null. Pure price rules, no balances:
 * - a market order fills at opens only, half a spread and its own impact worse than the open, rounded to the tick against the trader;
 * - a limit order that is marketable at the first open it meets fills there at the open;
 * - afterwards it rests: it fills at a later open that lies beyond its limit (at that open, as taker), or at its limit (as maker)
 *   when the bar trades strictly through the limit. A touch is no fill;
 * - at most `participation` of a bar's volume per order and bar. At an open the bar's volume is not known yet, so that of the
 *   last closed bar counts; inside the bar its own, less what the order took at the open.
 */
export function matchPaperOrder(order: PaperOrder, event: PaperEvent, instrument: Instrument, rules: PaperRules): Match | null {
  if (event.rank === 1 || event.symbol !== order.symbol || event.bar.openTime < order.at) return null;
  const remaining = sub(fixed(order.quantity), fixed(order.filledQuantity));
  const buy = order.side === "buy";
  const limit = order.limitPrice === null ? null : fixed(order.limitPrice);
  const { open, closed, openTime } = event.bar;
  if (event.rank === 2) {
    const room = event.volumeBefore === null ? ZERO : mul(event.volumeBefore, rules.participation, "down");
    const quantity = min(remaining, roundToStep(room, instrument.lotSize, "down"));
    if (quantity <= 0n) return null;
    if (limit === null)
      return { price: marketPrice(open, order.side, quantity, event.volumeBefore ?? ZERO, instrument, rules), quantity, liquidity: "taker" };
    const beyond = buy ? open < limit : open > limit;
    return beyond || (!order.arrived && open === limit) ? { price: open, quantity, liquidity: "taker" } : null;
  }
  if (limit === null || closed === null) return null;
  // An order that was marketable at the open has had its share of this bar: what is left waits for the next open.
  const resting = buy ? open >= limit : open <= limit;
  const through = buy ? closed.low < limit : closed.high > limit;
  if (!resting || !through) return null;
  const taken = order.barAt === openTime ? fixed(order.barFilled) : ZERO;
  const room = max(ZERO, sub(mul(closed.volume, rules.participation, "down"), taken));
  const quantity = min(remaining, roundToStep(room, instrument.lotSize, "down"));
  return quantity <= 0n ? null : { price: limit, quantity, liquidity: "maker" };
}

/** What a market order for `quantity` pays at an open: half a spread and its impact on the last bar's volume worse, on the tick. */
export function marketPrice(
  open: Fixed,
  side: Side,
  quantity: Fixed,
  volumeBefore: Fixed,
  instrument: Pick<Instrument, "tickSize">,
  rules: PaperRules,
): Fixed {
  const beside = add(rules.halfSpread, impactOf(quantity, volumeBefore, rules.impact ?? ZERO));
  return againstTrader(open, side === "buy", instrument.tickSize, beside);
}

function againstTrader(open: Fixed, buy: boolean, tick: Fixed, beside: Fixed): Fixed {
  const price = buy ? mul(open, add(ONE, beside), "up") : mul(open, sub(ONE, beside), "down");
  return max(tick, roundToStep(price, tick, buy ? "up" : "down"));
}

/** impact × √(quantity ÷ volume), a fraction of the price, rounded against the trader at each step. */
function impactOf(quantity: Fixed, volume: Fixed, impact: Fixed): Fixed {
  if (impact === 0n || volume <= 0n) return ZERO;
  return mul(impact, rootUp(div(quantity, volume, "up")), "up");
}

/** Square root, rounded up to the next multiple of 10⁻¹⁸ (Newton on whole numbers: exact). */
function rootUp(x: Fixed): Fixed {
  const n = x * ONE;
  if (n === 0n) return ZERO;
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (let next = (root + n / root) >> 1n; next < root; next = (root + n / root) >> 1n) root = next;
  return (root * root < n ? root + 1n : root) as Fixed;
}
