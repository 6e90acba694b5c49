import { marketFeed, runBacktest } from "@/server/backtest";
import { INTERVAL_MS } from "@/server/market";
import { NO_LIMITS } from "@/server/risk";
import { fixed, ZERO } from "@/server/shared";
import { DEFAULT_PAPER_RULES, instrumentFor } from "@/server/trading";
import { fastEngines } from "../backtest/fast-engines";
import { BENCH_FIRST, BENCH_SYMBOL, walk } from "../backtest/walk";
import type { Area, Figure } from "../measure";

const symbol = BENCH_SYMBOL;
const hour = INTERVAL_MS["1h"];
const first = BENCH_FIRST;

/** The audited engine (ledger, journal, records) at a growing number of bars; once more with every record made and hashed, as the import does; then the fast engines and a sweep. */
export const backtest: Area = {
  name: "backtest",
  async measure(brief) {
    const sizes = brief ? [5_000, 20_000] : [5_000, 10_000, 50_000, 200_000];
    const instrument = instrumentFor(symbol, { priceDecimals: 2, priceHint: 60_000 }, { makerFee: fixed("0.001"), takerFee: fixed("0.001") });
    const run = async (bars: number, everyRecord: boolean): Promise<number> => {
      const feed = marketFeed(walk(bars, "1h", 0.02));
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
    figures.push(...(await fastEngines(brief)));
    return figures;
  },
};
