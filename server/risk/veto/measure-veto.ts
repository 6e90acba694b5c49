import type { BarView } from "@/server/market";
import { type Fixed, fixedInt, max, min, mul, neg, ONE, sub, toText, ZERO } from "@/server/shared";
import { type Instrument, type Match, matchPaperOrder, type PaperEvent, type PaperOrder, type PaperRules, paperEvents } from "@/server/trading";
import type { VetoedOrder, VetoNote, VetoOutcome } from "./types";

/** A volume that leaves room for any order: a veto is measured at a price, not at what a bar's volume would have given. */
const ENDLESS = fixedInt(10n ** 15n);

/** Base bars from the tick to the settlement as they were known then, their length (ms), and the last price at the settlement. */
export type VetoMarket = {
  readonly instrument: Instrument;
  readonly rules: PaperRules;
  readonly baseMs: number;
  readonly bars: readonly BarView[];
  readonly settlePrice: Fixed | null;
};

/**
 * What a veto saved or cost. The vetoed quantity enters where the paper venue would have filled it (market orders: the first open after the tick,
 * half a spread worse; limits: by the venue's own rules, never past their expiry), pays that fee, and is marked at the settlement price; the
 * mark pays no fee, as in the outcome of a turn. Fees are
 * rounded as the venue rounds them, up; the rest half to even, once.
 */
export function measureVeto(order: VetoedOrder, market: VetoMarket): VetoOutcome {
  const { instrument, settlePrice } = market;
  const vetoedQuantity = max(sub(min(order.askedQuantity, order.possibleQuantity), order.allowedQuantity), ZERO);
  const nothing = (note: VetoNote): VetoOutcome => ({
    ...{ vetoedQuantity, entryPrice: null, entryAt: null, settlePrice, fee: ZERO, missed: ZERO, saved: ZERO, note },
  });
  if (vetoedQuantity === 0n) return nothing("impossible");
  if (!market.bars.some((b) => b.openTime >= order.at && b.openTime < order.settleAt)) return nothing("no-bars");
  const entry = entryOf(order, vetoedQuantity, market);
  if (!entry) return nothing("no-fill");
  // Alone it must be an order the venue takes; on top of an allowed one it only makes that one larger.
  if (order.allowedQuantity === 0n && (vetoedQuantity < instrument.minQuantity || mul(vetoedQuantity, entry.price, "down") < instrument.minNotional))
    return nothing("below-minimum");
  if (settlePrice === null) return nothing("no-price");
  const fee = mul(mul(vetoedQuantity, entry.price, "up"), entry.liquidity === "maker" ? instrument.makerFee : instrument.takerFee, "up");
  const move = order.side === "buy" ? sub(settlePrice, entry.price) : sub(entry.price, settlePrice);
  const missed = sub(mul(vetoedQuantity, move, "half-even"), fee);
  return { vetoedQuantity, entryPrice: entry.price, entryAt: entry.at, settlePrice, fee, missed, saved: neg(missed), note: null };
}

type Entry = Pick<Match, "price" | "liquidity"> & { readonly at: number };

/** The first fill that the venue's own events and matching give the order. */
function entryOf(order: VetoedOrder, quantity: Fixed, market: VetoMarket): Entry | null {
  const { instrument, baseMs, bars } = market;
  const rules = { ...market.rules, participation: ONE };
  let resting = paperOrder(order, quantity);
  for (const event of paperEvents([resting], { [order.symbol]: { instrument, baseMs, bars } }, order.settleAt)) {
    if (event.rank === 1) return null;
    if (event.rank === 2 && event.at >= order.settleAt) return null;
    const match = matchPaperOrder(resting, withoutVolume(event), instrument, rules);
    if (match) return { price: match.price, liquidity: match.liquidity, at: event.bar.openTime };
    if (event.rank === 2) resting = { ...resting, arrived: true };
  }
  return null;
}

type Seen = Exclude<PaperEvent, { rank: 1 }>;

const withoutVolume = (event: Seen): Seen =>
  event.rank === 2
    ? { ...event, volumeBefore: ENDLESS }
    : { ...event, bar: { ...event.bar, closed: event.bar.closed && { ...event.bar.closed, volume: ENDLESS } } };

const paperOrder = (order: VetoedOrder, quantity: Fixed): PaperOrder => ({
  clientOrderId: "vetoed",
  placement: 0,
  symbol: order.symbol,
  side: order.side,
  type: order.limitPrice === null ? "market" : "limit",
  quantity: toText(quantity),
  limitPrice: order.limitPrice === null ? null : toText(order.limitPrice),
  reduceOnly: false,
  expiresAt: order.expiresAt,
  at: order.at,
  status: "open",
  filledQuantity: "0",
  reason: null,
  reserved: "0",
  seenAt: order.at,
  seenRank: 0,
  arrived: false,
  barAt: -1,
  barFilled: "0",
});
