import { INTERVAL_MS, type Interval, STALE_AFTER_BARS, type SymbolId } from "@/server/market";
import { type BacktestMarket, seriesOf } from "../backtest-market";
import { type Columns, columnsOf } from "../screens/columns";

/** One symbol on the grid. */
export type GridSymbol = {
  readonly symbol: SymbolId;
  /** The bars that are decided on. */
  readonly bars: Columns;
  /** Per tick: how many of `bars` have closed; the decider sees the last 200 of them. */
  readonly closed: Int32Array;
  /** Per tick: how many base bars have opened. */
  readonly opened: Int32Array;
  /** Per tick, and once more for the end: the last price known, NaN before the first bar. The open of a bar counts from its open on. */
  readonly price: Float64Array;
};

/** What is known at each tick of a run. Ticks stand at every multiple of the trigger interval in [from, to). */
export type TickGrid = {
  readonly first: number;
  readonly stepMs: number;
  readonly count: number;
  readonly to: number;
  readonly symbols: readonly GridSymbol[];
  /** 1 where a tick is skipped: a symbol has no closed bar yet, or its last one closed more than three base bars ago. */
  readonly skipped: Uint8Array;
  readonly skippedCount: number;
};

type GridQuery = {
  readonly symbols: readonly SymbolId[];
  readonly trigger: Interval;
  readonly barInterval: Interval;
  readonly from: number;
  readonly to: number;
};

/** One pass over the bars; the answers are those of CandleSeries at each tick. Throws UNKNOWN_SYMBOL, INTERVAL_TOO_FINE. */
export function tickGrid(market: BacktestMarket, q: GridQuery): TickGrid {
  const stepMs = INTERVAL_MS[q.trigger];
  const barMs = INTERVAL_MS[q.barInterval];
  const first = Math.ceil(q.from / stepMs) * stepMs;
  const count = Math.max(0, Math.ceil((q.to - first) / stepMs));
  const skipped = new Uint8Array(count);
  const symbols = q.symbols.map((symbol): GridSymbol => {
    const series = seriesOf(market, symbol);
    const baseMs = INTERVAL_MS[series.info.baseInterval];
    const base = columnsOf(series.base);
    const bars = columnsOf(series.all(q.barInterval));
    const closed = new Int32Array(count);
    const openedBy = new Int32Array(count);
    const price = new Float64Array(count + 1).fill(Number.NaN);
    let [opened, ended] = [0, 0];
    for (let n = 0; n <= count; n++) {
      const at = n < count ? first + n * stepMs : q.to;
      while (opened < base.length && (base.openTime[opened] as number) <= at) opened++;
      if (opened > 0) {
        const open = base.openTime[opened - 1] as number;
        price[n] = (open + baseMs <= at ? base.close : base.open)[opened - 1] as number;
      }
      if (n === count) break;
      while (ended < bars.length && (bars.openTime[ended] as number) + barMs <= at) ended++;
      closed[n] = ended;
      openedBy[n] = opened;
      const last = opened > 0 && (base.openTime[opened - 1] as number) + baseMs > at ? opened - 2 : opened - 1;
      const stale = last < 0 || at - ((base.openTime[last] as number) + baseMs) > STALE_AFTER_BARS * baseMs;
      if (stale || ended === 0) skipped[n] = 1;
    }
    return { symbol, bars, closed, opened: openedBy, price };
  });
  let skippedCount = 0;
  for (let n = 0; n < count; n++) skippedCount += skipped[n] as number;
  return { first, stepMs, count, to: q.to, symbols, skipped, skippedCount };
}
