import fs from "node:fs";
import path from "node:path";
import { CandleFilesFeed } from "@/server/adapters/market/candle-files-feed";
import { runBacktest } from "@/server/backtest";
import { INTERVAL_MS } from "@/server/market";
import { NO_LIMITS } from "@/server/risk";
import { fixed, ZERO } from "@/server/shared";
import { DEFAULT_PAPER_RULES, instrumentFor } from "@/server/trading";
import type { Area, Figure } from "../measure";

const symbol = "BTC/USDT";

/** The audited engine (ledger, records) over real hourly candles, at a growing number of bars. */
export const backtest: Area = {
  name: "backtest",
  async measure(brief) {
    const folder = path.resolve(process.env.SHARED_DATA ?? "../shared/data", "candles/spot-1h");
    if (!fs.existsSync(folder)) throw new Error("the shared candle files are missing (SHARED_DATA)");
    const feed = await CandleFilesFeed.open(folder, { symbols: [symbol] });
    const first = feed.symbols().find((info) => info.symbol === symbol)?.firstTime;
    if (first === undefined || first === null) throw new Error(`${symbol} has no candles`);
    const instrument = instrumentFor(symbol, feed.seenPrices(symbol), { makerFee: fixed("0.001"), takerFee: fixed("0.001") });
    const hour = INTERVAL_MS["1h"];
    const figures: Figure[] = [];
    // The first run warms the code up and is not shown.
    for (const [i, bars] of (brief ? [500, 2_000] : [500, 1_000, 2_000, 4_000, 8_000]).entries()) {
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
        to: first + hour * (bars + 1),
        build: "bench",
        rules: DEFAULT_PAPER_RULES,
      });
      const speed = bars / ((performance.now() - began) / 1000);
      if (i > 0)
        figures.push({ area: "backtest", what: `audited engine, ${bars} bars`, value: speed, unit: "bars/s", budget: 20_000, better: "more" });
    }
    return figures;
  },
};
