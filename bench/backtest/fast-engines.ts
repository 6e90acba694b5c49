import { type BacktestMarket, DEFAULT_COSTS, gridOf, type RunOptions, runAgent, runSweep } from "@/server/backtest";
import { INTERVAL_MS } from "@/server/market";
import { NO_LIMITS } from "@/server/risk";
import { fixed, toNumber, ZERO } from "@/server/shared";
import { DEFAULT_FEES, DEFAULT_PAPER_RULES, instrumentFor } from "@/server/trading";
import type { Figure } from "../measure";
import { BENCH_FIRST, BENCH_SYMBOL, walk } from "./walk";

const INTERVAL = "1m";
const MS = INTERVAL_MS[INTERVAL];
const SEEN = { priceDecimals: 2, priceHint: 60_000 };
const RUNS = 5;

/** A moving-average cross with fees over one column, all in floats: the yardstick, not the product's code. */
function fused(close: Float64Array, fast: number, slow: number): number {
  const [a, b] = [2 / (fast + 1), 2 / (slow + 1)];
  let [f, s, cash, units] = [close[0] as number, close[0] as number, 10_000, 0];
  for (let i = 1; i < close.length; i++) {
    const c = close[i] as number;
    f += a * (c - f);
    s += b * (c - s);
    if (units === 0 && f > s && i > slow) {
      units = (cash * 0.3) / (c * 1.001);
      cash *= 0.7;
    } else if (units > 0 && f < s) {
      cash += units * c * 0.999;
      units = 0;
    }
  }
  return cash + units * (close.at(-1) as number);
}

function options(market: BacktestMarket, bars: number, params: Readonly<Record<string, number>>): RunOptions {
  return {
    agent: {
      id: "bench",
      workspaceId: "bench",
      nodeId: "bench",
      configVersion: 1,
      currency: "USDT",
      config: {
        name: "bench",
        symbols: [BENCH_SYMBOL],
        mode: "paper",
        trigger: { kind: "interval", interval: INTERVAL },
        barInterval: INTERVAL,
        strategyText: "",
        decider: { kind: "rules", ruleSet: "trend-follow", params },
        limits: NO_LIMITS,
        dailyModelCap: ZERO,
        settleAfterMs: MS,
      },
    },
    capital: fixed("10000"),
    market,
    instrument: (s) => instrumentFor(s, SEEN, DEFAULT_FEES),
    rules: DEFAULT_PAPER_RULES,
    from: BENCH_FIRST + MS,
    to: BENCH_FIRST + bars * MS,
    build: "bench",
  };
}

/** Median of some runs after two that warm up, in bars a second. */
async function rate(bars: number, run: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < RUNS + 2; i++) {
    const began = performance.now();
    await run();
    if (i > 1) times.push(performance.now() - began);
  }
  return (bars / (times.sort((a, b) => a - b)[Math.floor(RUNS / 2)] as number)) * 1000;
}

/**
 * The event and the array engine on columns that are ready (a sweep makes them once), beside a hand-fused float loop in the same run. With
 * rare trades the bars are what is measured; with the defaults a trade comes every hundred bars and its exact money is.
 */
export async function fastEngines(brief: boolean): Promise<readonly Figure[]> {
  const bars = brief ? 200_000 : 1_000_000;
  const market = walk(bars, INTERVAL, 0.002);
  const close = Float64Array.from(market.series.get(BENCH_SYMBOL)?.base ?? [], (c) => toNumber(c.close));
  const count = bars.toLocaleString("en");
  const figures: Figure[] = [];
  const add = (what: string, value: number, budget?: number): void =>
    void figures.push({ area: "backtest", what, value, unit: "bars/s", better: "more", ...(budget === undefined ? {} : { budget }) });
  add(`hand-fused float loop, MA cross, ${count} bars`, await rate(bars, () => fused(close, 50, 190)));
  for (const [label, params] of [
    ["rare trades", { fast: 50, slow: 190, entryAtr: 5 }],
    ["default parameters", {}],
  ] as const) {
    const shared = options(market, bars, params);
    const grid = gridOf(shared);
    const { orders } = await runAgent("array", shared, grid);
    const what = (engine: string) => `${engine} engine, trend following, ${label} (${orders.toLocaleString("en")} orders), ${count} bars`;
    const budgeted = label === "rare trades";
    add(what("event"), await rate(bars, () => runAgent("event", shared, grid)), budgeted ? 3_000_000 : undefined);
    add(what("array"), await rate(bars, () => runAgent("array", shared, grid)), budgeted ? 20_000_000 : undefined);
  }
  figures.push(...(await sweepOf(brief)));
  return figures;
}

/** A thousand points over a year of hourly bars, as a user would sweep. */
async function sweepOf(brief: boolean): Promise<readonly Figure[]> {
  const bars = 8_760;
  const market = walk(bars, "1h", 0.02);
  const hour = INTERVAL_MS["1h"];
  const side = brief ? 5 : 10;
  const values = (from: number, step: number) => Array.from({ length: side }, (_, i) => Number((from + i * step).toFixed(3)));
  const axes = [
    { param: "fast", values: values(4, 2) },
    { param: "slow", values: values(30, 10) },
    { param: "entryAtr", values: values(0, 0.2) },
  ];
  const agents = [{ name: "bench", symbols: [BENCH_SYMBOL], ruleSet: "trend-follow" as const, params: {}, capital: null, limits: {} }];
  const times = { from: BENCH_FIRST + hour, to: BENCH_FIRST + bars * hour };
  const base = {
    version: 1 as const,
    engine: "array" as const,
    interval: "1h" as const,
    ...times,
    capital: "10000",
    agents,
    costs: DEFAULT_COSTS,
    draws: 0,
    seed: 1,
  };
  const began = performance.now();
  const result = await runSweep({
    spec: { version: 1, base, axes },
    market,
    build: "bench",
    instrument: (s, plan) => instrumentFor(s, SEEN, plan.fees),
  });
  const seconds = (performance.now() - began) / 1000;
  const what = `sweep of ${result.points.length.toLocaleString("en")} points over ${bars.toLocaleString("en")} hourly bars, array engine`;
  return [
    { area: "backtest", what, value: seconds, unit: "s", better: "less" },
    { area: "backtest", what: "the same, points a second", value: result.points.length / seconds, unit: "points/s", better: "more" },
  ];
}
