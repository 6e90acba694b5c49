import { type CandleSeries, INTERVAL_MS, type Interval, type SymbolId } from "@/server/market";
import { DomainError } from "@/server/shared";
import { type BacktestMarket, seriesOf } from "./backtest-market";

/** More of the bars than this may not be missing. */
export const MOST_MISSING = 0.1;
/** Gaps listed one by one in a result; the rest is counted. */
const LISTED = 20;

export type MarketGap = { readonly symbol: SymbolId; readonly from: number; readonly to: number; readonly bars: number };
/** What a backtest's bars lack, shown with its result. */
export type MarketQuality = {
  readonly symbol: SymbolId;
  readonly bars: number;
  readonly missing: number;
  readonly gaps: readonly MarketGap[];
};

const day = (at: number): string => `${new Date(at).toISOString().slice(0, 16)}Z`;

/**
 * Refuses bars that no result should be made of. Throws, naming the symbol: NO_BARS, INTERVAL_TOO_FINE, SYMBOL_MISSES_PERIOD,
 * TOO_MANY_GAPS, CONSTANT_PRICES, INVALID_BAR.
 */
export function checkMarket(
  market: BacktestMarket,
  query: { readonly symbols: readonly SymbolId[]; readonly interval: Interval; readonly from: number; readonly to: number },
): readonly MarketQuality[] {
  return query.symbols.map((symbol) => checkSeries(seriesOf(market, symbol), query));
}

function checkSeries(series: CandleSeries, query: { readonly interval: Interval; readonly from: number; readonly to: number }): MarketQuality {
  const { symbol, baseInterval } = series.info;
  const refuse = (code: string, message: string, data: Record<string, string | number> = {}): DomainError =>
    new DomainError(code, message, { field: "symbols", data: { symbol, ...data } });
  const baseMs = INTERVAL_MS[baseInterval];
  const stepMs = INTERVAL_MS[query.interval];
  const bars = series.base;
  const first = bars[0];
  const last = bars.at(-1);
  if (!first || !last) throw refuse("NO_BARS", `there is no bar of ${symbol}`);
  // Coarser bars are made of base bars: asking for them says whether the interval is too fine.
  series.all(query.interval);
  if (first.openTime > query.from || last.openTime + baseMs < query.to - stepMs) {
    throw refuse(
      "SYMBOL_MISSES_PERIOD",
      `${symbol} has bars from ${day(first.openTime)} to ${day(last.openTime + baseMs)}, the backtest runs from ${day(query.from)} to ${day(query.to)}`,
      { firstTime: first.openTime, endTime: last.openTime + baseMs },
    );
  }
  let [before, count, missing, moved] = [Number.NaN, 0, 0, false];
  const gaps: MarketGap[] = [];
  for (const [i, bar] of bars.entries()) {
    const { openTime, open, high, low, close, volume } = bar;
    const ordered = i === 0 || openTime > (bars[i - 1] as { openTime: number }).openTime;
    if (!ordered || low <= 0n || high < open || high < close || low > open || low > close || volume < 0n)
      throw refuse(
        "INVALID_BAR",
        `the bar of ${symbol} at ${day(openTime)} cannot be: prices must be above zero, within high and low, and in order`,
        {
          openTime,
        },
      );
    if (openTime < query.from - baseMs || openTime >= query.to) continue;
    count += 1;
    if (high !== low || close !== first.close) moved = true;
    const lost = Number.isNaN(before) ? 0 : Math.round((openTime - before) / baseMs) - 1;
    if (lost > 0) {
      missing += lost;
      if (gaps.length < LISTED) gaps.push({ symbol, from: before + baseMs, to: openTime, bars: lost });
    }
    before = openTime;
  }
  if (missing > MOST_MISSING * (count + missing)) {
    throw refuse(
      "TOO_MANY_GAPS",
      `${missing} of ${count + missing} bars of ${symbol} are missing, the first gap is at ${day(gaps[0]?.from ?? query.from)}; at most ${MOST_MISSING * 100} % may be`,
      { missing, bars: count },
    );
  }
  if (!moved) throw refuse("CONSTANT_PRICES", `the price of ${symbol} never moves in this time: nothing can be learned from it`);
  return { symbol, bars: count, missing, gaps };
}
