import type { BacktestMarket } from "@/server/backtest";
import { type Candle, CandleSeries, INTERVAL_MS, type Interval } from "@/server/market";
import { fixed, seededRandom } from "@/server/shared";

export const BENCH_SYMBOL = "BTC/USDT";
export const BENCH_FIRST = Date.UTC(2020, 0, 1);

/** Bars of a seeded random walk: a benchmark needs more of them than any file has, and the engines do not care what they say. */
export function walk(bars: number, interval: Interval, move: number): BacktestMarket {
  const ms = INTERVAL_MS[interval];
  const random = seededRandom(11);
  const text = (x: number) => fixed(x.toFixed(2));
  let price = 60_000;
  const candles: Candle[] = Array.from({ length: bars }, (_, i) => {
    const open = price;
    price *= 1 + (random() - 0.5) * move;
    const [high, low] = [Math.max(open, price) * (1 + move / 10), Math.min(open, price) * (1 - move / 10)];
    return {
      openTime: BENCH_FIRST + i * ms,
      open: text(open),
      high: text(high),
      low: text(low),
      close: text(price),
      volume: text(50 + random() * 100),
    };
  });
  const info = { symbol: BENCH_SYMBOL, baseInterval: interval, firstTime: BENCH_FIRST, endTime: BENCH_FIRST + bars * ms } as const;
  return { source: { kind: "simulated", label: "Seeded random walk" }, series: new Map([[BENCH_SYMBOL, new CandleSeries(info, candles)]]) };
}
