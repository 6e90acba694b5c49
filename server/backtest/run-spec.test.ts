import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Candle, CandleSeries, INTERVAL_MS } from "@/server/market";
import { add, type Fixed, fixed, sub, toText, ZERO } from "@/server/shared";
import { sampleRun, sampleSpec } from "@/server/testing/backtest-spec";
import { MARKET_BEGIN, randomMarket } from "@/server/testing/random-market";
import type { BacktestMarket } from "./backtest-market";
import type { BacktestAgentSpec, BacktestSpec } from "./backtest-spec";
import { runFromJson, runToJson } from "./engines/run-json";
import type { AgentRun } from "./engines/run-types";
import { runSpec } from "./run-spec";

const HOUR = INTERVAL_MS["1h"];
const BARS = 800;
const agent = (over: Partial<BacktestAgentSpec> = {}): BacktestAgentSpec => ({ ...(sampleSpec(BARS).agents[0] as BacktestAgentSpec), ...over });
const three: readonly BacktestAgentSpec[] = [
  agent(),
  agent({ name: "channel", symbols: ["BBB/USDT"], ruleSet: "breakout", params: { entryBars: 8, exitBars: 4 } }),
  agent({ name: "both", symbols: ["AAA/USDT", "BBB/USDT"], capital: "500" }),
];
const market = randomMarket({ seed: 5, bars: BARS, symbols: ["AAA/USDT", "BBB/USDT"], gaps: 0.02 });

describe("a backtest", () => {
  it("gives the same result, hash included, whichever engine runs it", async () => {
    const hashes = new Set<string>();
    for (const engine of ["audited", "event", "array"] as const) {
      const { result, runs } = await runSpec(sampleRun(sampleSpec(BARS, { engine, agents: three }), market));
      expect(result.trades.length).toBeGreaterThan(20);
      expect(runs.every((r) => (r.audit !== null) === (engine === "audited"))).toBe(true);
      hashes.add(result.hash);
    }
    expect(hashes.size).toBe(1);
  });

  it("shares the capital, to the last digit, over the agents that name none", async () => {
    const { result } = await runSpec(sampleRun(sampleSpec(BARS, { capital: "1000.000000000000000001", agents: three }), market));
    expect(result.agents.map((a) => a.capital)).toEqual(["500", "500.000000000000000001", "500"]);
    expect(result.capital).toBe("1500.000000000000000001");
  });

  it("its trades account for the whole change of its equity", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), fc.constantFrom(3, 1_000), async (seed, volume) => {
        const random = randomMarket({ seed, bars: 300, volume, symbols: ["AAA/USDT", "BBB/USDT"] });
        const { result } = await runSpec(sampleRun(sampleSpec(300, { agents: three }), random));
        const pnl = result.trades.reduce<Fixed>((s, t) => add(s, fixed(t.pnl)), ZERO);
        expect(toText(pnl)).toBe(toText(sub(fixed(result.equity), fixed(result.capital))));
        expect(result.curve.at(-1)?.equity).toBeCloseTo(Number(result.equity), 6);
        expect(result.curve.at(-1)?.hold).toBeCloseTo(Number(result.hold), 6);
        const fees = result.fills.reduce<Fixed>((s, f) => add(s, fixed(f.fee)), ZERO);
        expect(result.costs.fees).toBe(toText(fees));
      }),
      { numRuns: 12, seed: 2 },
    );
  });

  it("goes on from what was finished, and ends as if it had never stopped", async () => {
    const spec = sampleSpec(BARS, { agents: three });
    const kept = new Map<number, AgentRun>();
    const stop = new Error("stopped");
    const first = runSpec({
      ...sampleRun(spec, market),
      onAgent: (place, run) => {
        kept.set(place, runFromJson(JSON.parse(JSON.stringify(runToJson(run)))));
        if (place === 1) throw stop;
      },
    });
    await expect(first).rejects.toBe(stop);
    const again: number[] = [];
    const { result } = await runSpec({ ...sampleRun(spec, market), finished: kept, onAgent: (place) => again.push(place) });
    expect(again).toEqual([2]);
    expect(result.hash).toBe((await runSpec(sampleRun(spec, market))).result.hash);
  });

  it("costs more, and trades worse prices, when depth has an impact", async () => {
    const spec = (impact: string): BacktestSpec => sampleSpec(BARS, { costs: { ...sampleSpec(BARS).costs, impact } });
    const [none, deep] = [(await runSpec(sampleRun(spec("0"), market))).result, (await runSpec(sampleRun(spec("0.05"), market))).result];
    expect(Number(deep.costs.slippage)).toBeGreaterThan(2 * Number(none.costs.slippage));
    expect(Number(deep.equity)).toBeLessThan(Number(none.equity));
  });

  it("a decider that never trades has no figures to show, and says why", async () => {
    const { result } = await runSpec(sampleRun(sampleSpec(BARS, { agents: [agent({ ruleSet: "hold", params: {} })] }), market));
    expect(result.random).toBeNull();
    expect(result.performance.sharpe).toEqual({ value: null, reason: "not defined: the equity never moved" });
    expect(result.tradeStats.profitFactor).toEqual({ value: null, reason: "not defined: no trade was closed" });
    expect(JSON.stringify(result)).not.toContain("NaN");
    expect(result.holdPerformance.sharpe.value).not.toBeNull();
  });
});

describe("what a backtest refuses", () => {
  const run = (over: Partial<BacktestSpec>, bars: BacktestMarket = market) => runSpec(sampleRun(sampleSpec(BARS, over), bars));
  const costs = sampleSpec(BARS).costs;
  const cases: readonly (readonly [string, string, Partial<BacktestSpec>])[] = [
    ["UNKNOWN_ENGINE", "engine", { engine: "magic" as "event" }],
    ["UNKNOWN_INTERVAL", "interval", { interval: "7m" as "1h" }],
    ["INVALID_PERIOD", "to", { to: MARKET_BEGIN }],
    ["INVALID_PERIOD", "from", { from: Number.NaN }],
    ["TOO_LITTLE_DATA", "to", { to: MARKET_BEGIN + 30 * HOUR }],
    ["TOO_LONG", "from", { engine: "audited", to: MARKET_BEGIN + 600_000 * HOUR }],
    ["NO_AGENTS", "agents", { agents: [] }],
    ["TOO_MANY_AGENTS", "agents", { agents: Array.from({ length: 9 }, () => agent()) }],
    ["NO_SYMBOLS", "agents.0.symbols", { agents: [agent({ symbols: [] })] }],
    ["SYMBOL_TWICE", "agents.0.symbols", { agents: [agent({ symbols: ["AAA/USDT", "AAA/USDT"] })] }],
    ["MIXED_CURRENCIES", "agents.0.symbols", { agents: [agent(), agent({ symbols: ["AAA/EUR"] })] }],
    ["UNKNOWN_SYMBOL", "symbols", { agents: [agent({ symbols: ["ZZZ/USDT"] })] }],
    ["INVALID_CAPITAL", "capital", { capital: "0" }],
    ["INVALID_CAPITAL", "capital", { capital: "NaN" }],
    ["INVALID_CAPITAL", "agents.0.capital", { agents: [agent({ capital: "-5" })] }],
    ["INVALID_COST", "costs.takerFee", { costs: { ...costs, takerFee: "0.5" } }],
    ["INVALID_COST", "costs.participation", { costs: { ...costs, participation: "0" } }],
    ["INVALID_COST", "costs.impact", { costs: { ...costs, impact: "2" } }],
    ["INVALID_DRAWS", "draws", { draws: 1e9 }],
    ["RULE_PARAMETER_OUT_OF_RANGE", "agents.0.params.fast", { agents: [agent({ params: { fast: 1e9 } })] }],
    ["UNKNOWN_RULE_PARAMETER", "agents.0.params.speed", { agents: [agent({ params: { speed: 1 } })] }],
    ["UNKNOWN_LIMIT", "agents.0.limits.maxHope", { agents: [agent({ limits: { maxHope: "1" } })] }],
    ["DECIDER_NEEDS_PATH", "engine", { engine: "array", agents: [agent({ ruleSet: "mean-revert", params: {} })] }],
    ["SYMBOL_MISSES_PERIOD", "symbols", { to: MARKET_BEGIN + (BARS + 50) * HOUR }],
    ["SYMBOL_MISSES_PERIOD", "symbols", { from: MARKET_BEGIN - 50 * HOUR }],
  ];
  it.each(cases)("%s names %s", async (code, field, over) => {
    await expect(run(over)).rejects.toMatchObject({ code, details: { field } });
  });

  const bent = (change: (c: Candle, i: number) => Candle | null): BacktestMarket => {
    const [symbol, series] = [...market.series][0] as [string, CandleSeries];
    const candles = series.base.flatMap((c, i) => change(c, i) ?? []);
    return { ...market, series: new Map([[symbol, new CandleSeries(series.info, candles)]]) };
  };
  it.each([
    ["TOO_MANY_GAPS", bent((c, i) => (i % 3 === 1 ? null : c))],
    ["CONSTANT_PRICES", bent((c) => ({ ...c, open: fixed("5"), high: fixed("5"), low: fixed("5"), close: fixed("5") }))],
    ["INVALID_BAR", bent((c, i) => (i === 40 ? { ...c, low: ZERO } : c))],
    ["INVALID_BAR", bent((c, i) => (i === 40 ? { ...c, high: fixed("0.01") } : c))],
    ["NO_BARS", bent(() => null)],
  ])("%s: %o", async (code, bars) => {
    await expect(run({}, bars)).rejects.toMatchObject({ code, details: { field: "symbols", data: { symbol: "AAA/USDT" } } });
  });

  it("names the bars that are missing where it can live with them", async () => {
    const { result } = await run(
      {},
      bent((c, i) => (i >= 100 && i < 110 ? null : c)),
    );
    expect(result.quality[0]?.missing).toBeGreaterThanOrEqual(10);
    expect(result.quality[0]?.gaps.some((g) => g.bars >= 10)).toBe(true);
  });
});
