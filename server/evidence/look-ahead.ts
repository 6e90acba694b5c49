import type { Candle } from "@/server/market";
import { DomainError, type Fixed, seededRandom } from "@/server/shared";

/** Bars per symbol, oldest first, all of one interval. */
export type BarsBySymbol = Readonly<Record<string, readonly Candle[]>>;

/** What was decided at an instant (market ms), as text that differs when the decision differs. */
export type DecisionMade = { readonly at: number; readonly made: string };

export type LookAhead = {
  /** Decisions taken up to the cut, which were compared. */
  readonly compared: number;
  /** The first that moved although only its future had changed: null when none looked ahead. */
  readonly moved: { readonly at: number; readonly before: string; readonly after: string } | null;
};

/**
 * Changes what is known only after `cut` (market ms), runs the decider on both markets and compares what it decided up to the cut.
 * Bars that had closed keep their very objects, so that a memo which mixes up two markets is caught as well. Throws NOTHING_TO_COMPARE.
 */
export async function findLookAhead(
  market: BarsBySymbol,
  barMs: number,
  cut: number,
  seed: number,
  decide: (market: BarsBySymbol) => Promise<readonly DecisionMade[]> | readonly DecisionMade[],
): Promise<LookAhead> {
  const upTo = (list: readonly DecisionMade[]) => list.filter((d) => d.at <= cut);
  const before = upTo(await decide(market));
  const after = upTo(await decide(perturbFuture(market, barMs, cut, seed)));
  if (before.length === 0 && after.length === 0)
    throw new DomainError("NOTHING_TO_COMPARE", "no decision was taken before the cut, so none can be compared", { field: "cut" });
  for (let i = 0; i < Math.max(before.length, after.length); i++) {
    const [one, other] = [before[i], after[i]];
    if (one && other && one.at === other.at && one.made === other.made) continue;
    return { compared: i, moved: { at: (one ?? other)?.at ?? cut, before: one?.made ?? "no decision", after: other?.made ?? "no decision" } };
  }
  return { compared: before.length, moved: null };
}

/**
 * The same market with another future: bars that close after `cut` get other prices and volumes, between half and twice of what they
 * were. Of the bar that is open at the cut the open is known, and stays.
 */
export function perturbFuture(market: BarsBySymbol, barMs: number, cut: number, seed: number): BarsBySymbol {
  const random = seededRandom(seed);
  const scaled = (x: Fixed, thousandths: number): Fixed => ((x * BigInt(thousandths)) / 1000n) as Fixed;
  const least = (x: Fixed): Fixed => (x > 0n ? x : (1n as Fixed));
  return Object.fromEntries(
    Object.entries(market).map(([symbol, bars]) => [
      symbol,
      bars.map((bar) => {
        if (bar.openTime + barMs <= cut) return bar;
        const factor = 500 + Math.floor(random() * 1500);
        const open = bar.openTime <= cut ? bar.open : least(scaled(bar.open, factor));
        const close = least(scaled(bar.close, 500 + Math.floor(random() * 1500)));
        const ends = [open, close, least(scaled(bar.high, factor)), least(scaled(bar.low, factor))].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        return { openTime: bar.openTime, open, close, low: ends[0] as Fixed, high: ends[3] as Fixed, volume: scaled(bar.volume, factor) };
      }),
    ]),
  );
}
