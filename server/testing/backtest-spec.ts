import { type BacktestMarket, type BacktestPlan, type BacktestSpec, DEFAULT_COSTS, type RunSpecOptions } from "@/server/backtest";
import { INTERVAL_MS } from "@/server/market";
import { instrumentFor } from "@/server/trading";
import { MARKET_BEGIN } from "./random-market";

const HOUR = INTERVAL_MS["1h"];

/** A specification over a random hourly market of so many bars. */
export function sampleSpec(bars: number, over: Partial<BacktestSpec> = {}): BacktestSpec {
  return {
    version: 1,
    engine: "event",
    interval: "1h",
    from: MARKET_BEGIN + HOUR,
    to: MARKET_BEGIN + bars * HOUR,
    capital: "10000",
    agents: [
      {
        name: "trend",
        symbols: ["AAA/USDT"],
        ruleSet: "trend-follow",
        params: { fast: 3, slow: 9, atrPeriod: 5, entryAtr: 0.2 },
        capital: null,
        limits: {},
      },
    ],
    costs: DEFAULT_COSTS,
    draws: 50,
    seed: 1,
    ...over,
  };
}

/** What runSpec needs beside the specification. */
export const sampleRun = (spec: BacktestSpec, market: BacktestMarket): RunSpecOptions => ({
  spec,
  market,
  instrument: (symbol, plan: BacktestPlan) => instrumentFor(symbol, { priceDecimals: 2, priceHint: 100 }, plan.fees),
  build: "test",
});
