import { realisedVolatility } from "@/server/market";
import { add, DAY_MS, div, type Fixed, fixed, fixedInt, max, sub, toNumber, toText } from "@/server/shared";
import type { BreakerFigure } from "./types";

const known = (value: Fixed, symbol: string | null = null): BreakerFigure => ({ value: toText(value), note: null, symbol });
const unknown = (note: string, symbol: string | null = null): BreakerFigure => ({ value: null, note, symbol });

/**
 * Fall of the equity from its high, a share of what it would be at that high. `profit` is what trading has made since the agent began and `high`
 * its highest in the window: money moved in or out changes neither, so that taking profits out is no drawdown.
 */
export function drawdownFigure(books: { readonly equity: Fixed; readonly profit: Fixed; readonly high: Fixed | null }): BreakerFigure {
  const { equity, profit } = books;
  const high = books.high === null ? profit : max(books.high, profit);
  const atHigh = add(equity, sub(high, profit));
  return atHigh > 0n ? known(div(sub(high, profit), atHigh, "half-even")) : unknown("there is no money in it");
}

/** Fewest returns a volatility is told from. */
const FEWEST_BARS = 10;

/** Realised volatility of one day from closes at steps of `stepMs`, a share; unknown below ten returns. */
export function volatilityFigure(symbol: string, closes: readonly Fixed[], stepMs: number): BreakerFigure {
  const returns = closes.length - 1;
  if (returns < FEWEST_BARS) return unknown(`${symbol}: ${Math.max(0, returns)} returns in the window, ${FEWEST_BARS} are needed`, symbol);
  const line = realisedVolatility(Float64Array.from(closes, toNumber), returns, DAY_MS / stepMs);
  const value = line[line.length - 1] as number;
  return Number.isFinite(value) ? known(fixed(value.toFixed(9)), symbol) : unknown(`${symbol}: the prices give no volatility`, symbol);
}

export type VenuePrice = { readonly venue: string; readonly price: Fixed };

/** Distance of the dearest from the cheapest venue, a share of the cheapest; unknown with fewer than two. */
export function divergenceFigure(symbol: string, prices: readonly VenuePrice[]): BreakerFigure {
  const [first, ...rest] = [...prices].sort((a, b) => (a.price < b.price ? -1 : a.price > b.price ? 1 : 0));
  const last = rest.at(-1);
  if (!first) return unknown(`${symbol} does not come from a venue, so there is nothing to compare`, symbol);
  if (!last) return unknown(`${symbol}: its price is known from ${first.venue} alone, so there is nothing to compare`, symbol);
  if (first.price <= 0n) return unknown(`${symbol}: ${first.venue} gives no price above zero`, symbol);
  return known(div(sub(last.price, first.price), first.price, "half-even"), symbol);
}

/** Age of the last price in bars of the source; no price at all counts as the whole window. */
export function staleFigure(symbol: string, lastAt: number | null, at: number, barMs: number, windowMs: number): BreakerFigure {
  const age = Math.min(lastAt === null ? windowMs : Math.max(0, at - lastAt), windowMs);
  return known(div(fixedInt(age), fixedInt(barMs), "half-even"), symbol);
}

/** Fewest decisions a failure rate is told from. */
const FEWEST_DECISIONS = 4;

/** Share of a model's decisions that failed; unknown below four of them. */
export function failureFigure(calls: { readonly failed: number; readonly all: number }): BreakerFigure {
  if (calls.all < FEWEST_DECISIONS) return unknown(`${calls.all} model decisions in the window, ${FEWEST_DECISIONS} are needed`);
  return known(div(fixedInt(calls.failed), fixedInt(calls.all), "half-even"));
}

/** The figure nearest to tripping: the highest known one, else the first unknown. Null when there is none. */
export function worstFigure(figures: readonly BreakerFigure[]): BreakerFigure | null {
  return figures.reduce<BreakerFigure | null>((worst, f) => {
    if (worst === null || worst.value === null) return worst !== null && f.value === null ? worst : f;
    return f.value !== null && fixed(f.value) > fixed(worst.value) ? f : worst;
  }, null);
}
