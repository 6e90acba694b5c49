import type { BacktestMarket } from "@/server/backtest";
import { type Candle, CandleSeries, INTERVAL_MS, type Interval } from "@/server/market";
import { type Fixed, fixed, seededRandom } from "@/server/shared";

export type RandomMarketOptions = {
  readonly seed: number;
  readonly bars: number;
  readonly symbols?: readonly string[];
  readonly base?: Interval;
  /** Share of bars that are missing, in runs of up to eight. */
  readonly gaps?: number;
  /** Mean volume of a bar, base units. */
  readonly volume?: number;
  /** Share of bars in which nothing moves. */
  readonly still?: number;
  /** Mean move of a bar upwards, as a fraction. */
  readonly drift?: number;
};

export const MARKET_BEGIN = Date.UTC(2025, 0, 1);

/** Seeded prices with trends, outages, quiet spells and thin volume: what engines must agree on. */
export function randomMarket(options: RandomMarketOptions): BacktestMarket {
  const { bars, base = "1h", gaps = 0, volume = 1_000, still = 0, drift = 0 } = options;
  const ms = INTERVAL_MS[base];
  const text = (x: number, digits = 2): Fixed => fixed(x.toFixed(digits));
  const series = (options.symbols ?? ["AAA/USDT"]).map((symbol, s) => {
    const random = seededRandom(options.seed * 31 + s);
    const candles: Candle[] = [];
    let price = 50 + random() * 100;
    let missing = 0;
    for (let i = 0; i < bars; i++) {
      const open = price;
      if (random() >= still) price = Math.max(1, price * (1 + drift + Math.sin(i / (20 + 15 * s)) * 0.004 + (random() - 0.5) * 0.03));
      if (missing === 0 && i > 0 && random() < gaps / 4) missing = 1 + Math.floor(random() * 8);
      const range = random() < still ? 0 : random() * 0.01;
      if (missing > 0) missing -= 1;
      else
        candles.push({
          openTime: MARKET_BEGIN + i * ms,
          open: text(open),
          high: text(Math.max(open, price) * (1 + range)),
          low: text(Math.min(open, price) * (1 - range)),
          close: text(price),
          volume: text(volume * random() * 2, 4),
        });
    }
    return new CandleSeries({ symbol, baseInterval: base, firstTime: MARKET_BEGIN, endTime: MARKET_BEGIN + bars * ms }, candles);
  });
  return { source: { kind: "simulated", label: "test" }, series: new Map(series.map((s) => [s.info.symbol, s])) };
}
