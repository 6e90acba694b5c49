import type { Candle, SymbolId } from "@/server/market";
import { type Fixed, toNumber } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import { type BacktestMarket, seriesOf } from "../backtest-market";
import type { TickGrid } from "../engines/tick-grid";
import { HoldBenchmark } from "../hold-benchmark";

/** Buy and hold of the same capital over the same ticks: the benchmark that live agents are shown beside, as a curve. */
export function holdCurve(
  capital: Fixed,
  grid: TickGrid,
  market: BacktestMarket,
  instrument: (symbol: SymbolId) => Instrument,
): { readonly values: Float64Array; readonly end: Fixed } {
  const symbols = grid.symbols.map((s) => s.symbol);
  const benchmark = new HoldBenchmark(capital, symbols);
  const values = new Float64Array(grid.count + 1);
  const waiting = new Map<SymbolId, Candle>();
  for (const symbol of symbols) {
    const bar = seriesOf(market, symbol).firstFrom(grid.first);
    if (bar) waiting.set(symbol, bar);
  }
  let [cash, units] = [toNumber(capital), symbols.map(() => 0)];
  for (let n = 0; n <= grid.count; n++) {
    const at = n < grid.count ? grid.first + n * grid.stepMs : grid.to;
    if (waiting.size > 0) {
      for (const [symbol, bar] of waiting) {
        if (bar.openTime > at) continue;
        waiting.delete(symbol);
        benchmark.buy(symbol, bar.open, instrument(symbol).takerFee);
      }
      const stored = benchmark.stored();
      cash = toNumber(stored.cash);
      units = symbols.map((s) => toNumber(stored.units[s] ?? (0n as Fixed)));
    }
    let value = cash;
    for (let s = 0; s < units.length; s++)
      if (units[s] !== 0) value += (units[s] as number) * ((grid.symbols[s] as TickGrid["symbols"][number]).price[n] as number);
    values[n] = value;
  }
  return { values, end: benchmark.value((symbol) => seriesOf(market, symbol).price(grid.to)?.price ?? null) };
}
