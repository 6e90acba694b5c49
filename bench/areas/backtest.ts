import { runBacktest } from "@/server/backtest";
import { type Candle, CandleSeries, INTERVAL_MS, type MarketFeed } from "@/server/market";
import { NO_LIMITS } from "@/server/risk";
import { fixed, seededRandom, ZERO } from "@/server/shared";
import { DEFAULT_PAPER_RULES, instrumentFor } from "@/server/trading";
import type { Area, Figure } from "../measure";

const symbol = "BTC/USDT";
const hour = INTERVAL_MS["1h"];
const first = Date.UTC(2020, 0, 1);

/** Hourly bars of a seeded random walk: a benchmark needs more bars than any file has, and the engine does not care what they say. */
function walk(bars: number): MarketFeed {
  const random = seededRandom(11);
  const text = (x: number) => fixed(x.toFixed(2));
  let price = 60_000;
  const candles: Candle[] = Array.from({ length: bars }, (_, i) => {
    const open = price;
    price *= 1 + (random() - 0.5) * 0.02;
    const [high, low] = [Math.max(open, price) * 1.002, Math.min(open, price) * 0.998];
    return { openTime: first + i * hour, open: text(open), high: text(high), low: text(low), close: text(price), volume: text(50 + random() * 100) };
  });
  const info = { symbol, base: "BTC", quote: "USDT", baseInterval: "1h", firstTime: first, endTime: first + bars * hour } as const;
  const series = new CandleSeries(info, candles);
  return {
    source: { kind: "simulated", label: "Seeded random walk" },
    symbols: () => [info],
    candles: async ({ interval, at, limit }) => series.candles(interval, at, limit),
    bars: async ({ from, at }) => series.bars(from, at),
    price: async ({ at }) => series.price(at),
  };
}

/** The audited engine (ledger, journal, records) at a growing number of bars; once more with every record made and hashed, as the import does. */
export const backtest: Area = {
  name: "backtest",
  async measure(brief) {
    const sizes = brief ? [5_000, 20_000] : [5_000, 10_000, 50_000, 200_000];
    const instrument = instrumentFor(symbol, { priceDecimals: 2, priceHint: 60_000 }, { makerFee: fixed("0.001"), takerFee: fixed("0.001") });
    const run = async (bars: number, everyRecord: boolean): Promise<number> => {
      const feed = walk(bars);
      const began = performance.now();
      await runBacktest({
        feed,
        symbols: [symbol],
        config: () => ({
          name: "bench",
          symbols: [symbol],
          mode: "paper",
          trigger: { kind: "interval", interval: "1h" },
          barInterval: "1h",
          strategyText: "",
          decider: { kind: "rules", ruleSet: "trend-follow", params: {} },
          limits: NO_LIMITS,
          dailyModelCap: ZERO,
          settleAfterMs: hour,
        }),
        instrument: () => instrument,
        capital: fixed("10000"),
        currency: instrument.quote,
        from: first + hour,
        to: first + hour * bars,
        build: "bench",
        rules: DEFAULT_PAPER_RULES,
        onEvent: (_, event) => {
          if (everyRecord && event.type === "turn" && event.turn.record.recordHash === "") throw new Error("a record has no hash");
        },
      });
      return bars / ((performance.now() - began) / 1000);
    };
    // The first run warms the code up and is not shown.
    await run(2_000, true);
    const figures: Figure[] = [];
    for (const bars of sizes) {
      const what = `audited engine, ${bars.toLocaleString("en")} bars`;
      figures.push({ area: "backtest", what, value: await run(bars, false), unit: "bars/s", budget: 20_000, better: "more" });
    }
    const bars = sizes[0] as number;
    figures.push({
      area: "backtest",
      what: `the same with every record's hashes made, ${bars.toLocaleString("en")} bars`,
      value: await run(bars, true),
      unit: "bars/s",
      better: "more",
    });
    return figures;
  },
};
