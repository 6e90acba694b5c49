import type { BarView, SymbolId } from "@/server/market";
import type { Fixed } from "@/server/shared";
import type { PaperMarket, PaperOrder } from "./paper-types";

/**
 * Order of things at one instant: a bar's inside is known when it closes (0), then orders expire (1), then the next bar opens (2).
 * One order over all symbols, so that advancing in small or large steps gives the same fills.
 */
export const RANK = { inside: 0, expiry: 1, open: 2 } as const;

/** The volume that bounds a fill at an open is that of the last closed bar, no further back than this many bars; after a longer outage nothing fills at that open. */
export const VOLUME_LOOK_BACK = 3;

export type PaperEvent =
  | { readonly at: number; readonly rank: 0; readonly symbol: SymbolId; readonly bar: BarView }
  | { readonly at: number; readonly rank: 1; readonly symbol: SymbolId; readonly placement: number }
  | { readonly at: number; readonly rank: 2; readonly symbol: SymbolId; readonly bar: BarView; readonly volumeBefore: Fixed | null };

/** What the open orders have to see up to `at`, in order. */
export function paperEvents(open: readonly PaperOrder[], markets: Readonly<Record<SymbolId, PaperMarket>>, at: number): readonly PaperEvent[] {
  const events: PaperEvent[] = [];
  for (const symbol of new Set(open.map((o) => o.symbol))) {
    const market = markets[symbol];
    if (!market) continue;
    let before: BarView | null = null;
    for (const bar of market.bars) {
      if (bar.openTime > at) break;
      const recent = before?.closed && bar.openTime - before.openTime <= VOLUME_LOOK_BACK * market.baseMs;
      events.push({ at: bar.openTime, rank: RANK.open, symbol, bar, volumeBefore: recent && before?.closed ? before.closed.volume : null });
      const closesAt = bar.openTime + market.baseMs;
      if (bar.closed && closesAt <= at) events.push({ at: closesAt, rank: RANK.inside, symbol, bar });
      before = bar;
    }
  }
  for (const o of open) {
    if (o.expiresAt !== null && o.expiresAt <= at) events.push({ at: o.expiresAt, rank: RANK.expiry, symbol: o.symbol, placement: o.placement });
  }
  return events.sort((a, b) => a.at - b.at || a.rank - b.rank || (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0));
}

/** The market that must be loaded before advancing: per symbol with open orders, the open time of the earliest base bar that can still matter. */
export function paperNeeds(
  open: readonly PaperOrder[],
  baseMs: (symbol: SymbolId) => number,
): readonly { readonly symbol: SymbolId; readonly from: number }[] {
  const from = new Map<SymbolId, number>();
  for (const o of open) {
    const earliest = Math.max(o.at, o.seenAt - baseMs(o.symbol));
    from.set(o.symbol, Math.min(from.get(o.symbol) ?? earliest, earliest));
  }
  return [...from].map(([symbol, f]) => ({ symbol, from: f }));
}
