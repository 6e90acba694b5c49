import { refuse } from "../portfolio/refuse";
import { type PriceSeries, returnMatrix } from "../portfolio/return-matrix";
import { applyChanges } from "./apply-changes";
import type { StressPosition, StressResult } from "./types";

/** A result over a stretch of real prices, from one instant (ms) to another. */
export type HistoricalStress = StressResult & { readonly from: number; readonly to: number };

/** Crashes whose dates are known (UTC); used where the given prices cover them. */
export const KNOWN_CRASHES: readonly { readonly name: string; readonly from: number; readonly to: number }[] = [
  { name: "COVID-19 crash", from: Date.UTC(2020, 2, 12), to: Date.UTC(2020, 2, 13, 4) },
  { name: "China ban and deleveraging", from: Date.UTC(2021, 4, 18), to: Date.UTC(2021, 4, 19, 14) },
  { name: "Terra collapse", from: Date.UTC(2022, 4, 7), to: Date.UTC(2022, 4, 12, 8) },
  { name: "FTX collapse", from: Date.UTC(2022, 10, 6), to: Date.UTC(2022, 10, 9, 22) },
  { name: "USDC depeg", from: Date.UTC(2023, 2, 10), to: Date.UTC(2023, 2, 11, 8) },
  { name: "October 2025 liquidations", from: Date.UTC(2025, 9, 10, 12), to: Date.UTC(2025, 9, 11) },
];

/** Markets only; every one of them has prices, complete and over one period. */
function pricesOf(positions: readonly StressPosition[], series: readonly PriceSeries[], stepMs: number): ReadonlyMap<string, PriceSeries> {
  const bySymbol = new Map(series.map((s) => [s.symbol, s]));
  const needed = [...new Set(positions.filter((p) => p.symbol.includes("/")).map((p) => p.symbol))];
  const found = needed.map((symbol) => {
    const prices = bySymbol.get(symbol);
    if (!prices) throw refuse("PRICES_MISSING", `${symbol} is held, but no prices of it were given`, symbol);
    return prices;
  });
  if (found.length === 0) throw refuse("NO_POSITIONS", "no market is held, so past prices change nothing", "positions");
  returnMatrix(found, stepMs, 1);
  return new Map(found.map((s) => [s.symbol, s]));
}

/** Today's positions taken through the prices from one row to another: quantities stay as they are. */
function between(
  name: string,
  positions: readonly StressPosition[],
  prices: ReadonlyMap<string, PriceSeries>,
  start: number,
  end: number,
): HistoricalStress {
  const times = [...prices.values()][0]?.times ?? [];
  const result = applyChanges(name, positions, ({ symbol, value }) => {
    const column = prices.get(symbol)?.prices;
    return column ? value * ((column[end] as number) / (column[start] as number) - 1) : 0;
  });
  return { ...result, from: times[start] as number, to: times[end] as number };
}

/**
 * The `count` worst stretches of `steps` steps for today's positions, worst first, none overlapping another; only losses. Throws the refusals of
 * `returnMatrix`, PRICES_MISSING naming the market, INVALID_WINDOW, TOO_FEW_RETURNS when the prices are shorter than the stretch.
 */
export function worstWindows(
  positions: readonly StressPosition[],
  series: readonly PriceSeries[],
  stepMs: number,
  steps: number,
  count = 3,
): readonly HistoricalStress[] {
  for (const [field, n, most] of [["steps", steps, 100_000] as const, ["count", count, 100] as const])
    if (!(Number.isInteger(n) && n >= 1 && n <= most))
      throw refuse("INVALID_WINDOW", `${field} must be a whole number from 1 to ${most}, not ${n}`, field);
  const prices = pricesOf(positions, series, stepMs);
  const rows = [...prices.values()][0]?.prices.length ?? 0;
  if (rows <= steps) throw refuse("TOO_FEW_RETURNS", `${rows - 1} returns hold no stretch of ${steps}`, "series", { has: rows - 1, needs: steps });
  const totals = new Float64Array(rows - steps);
  for (const { symbol, value } of positions) {
    const column = prices.get(symbol)?.prices;
    if (!column) continue;
    for (let t = 0; t < totals.length; t++) totals[t] = (totals[t] as number) + value * ((column[t + steps] as number) / (column[t] as number) - 1);
  }
  const worst = Array.from(totals.keys()).sort((a, b) => (totals[a] as number) - (totals[b] as number) || a - b);
  const taken: number[] = [];
  for (const start of worst) {
    if (taken.length === count || !((totals[start] as number) < 0)) break;
    if (taken.every((other) => Math.abs(other - start) >= steps)) taken.push(start);
  }
  return taken.map((start, i) => between(`worst ${steps} steps, no. ${i + 1}`, positions, prices, start, start + steps));
}

/**
 * Today's positions through each known crash the prices cover, oldest first; empty when they cover none. Throws the refusals of `returnMatrix` and
 * PRICES_MISSING.
 */
export function knownCrashes(
  positions: readonly StressPosition[],
  series: readonly PriceSeries[],
  stepMs: number,
  crashes = KNOWN_CRASHES,
): readonly HistoricalStress[] {
  const prices = pricesOf(positions, series, stepMs);
  const times = [...prices.values()][0]?.times ?? [];
  const first = times[0] as number;
  const last = times[times.length - 1] as number;
  const covered = crashes.filter(({ from, to }) => from >= first && to <= last);
  return covered.flatMap(({ name, from, to }) => {
    // Widened to whole steps, so that a coarse step does not cut the fall off.
    const [start, end] = [Math.floor((from - first) / stepMs), Math.min(times.length - 1, Math.ceil((to - first) / stepMs))];
    return end > start ? [between(name, positions, prices, start, end)] : [];
  });
}
