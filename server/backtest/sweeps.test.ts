import { describe, expect, it } from "vitest";
import { CandleSeries, INTERVAL_MS } from "@/server/market";
import { sampleRun, sampleSpec } from "@/server/testing/backtest-spec";
import { MARKET_BEGIN, randomMarket } from "@/server/testing/random-market";
import type { BacktestSpec } from "./backtest-spec";
import { runSpec } from "./run-spec";
import { bestPoint, runSweep, type SweepPointResult } from "./run-sweep";
import { runWalkForward, type WalkForwardWindow } from "./run-walk-forward";
import { type SweepSpec, sweepPoints, type WalkForwardSpec } from "./sweep-spec";

const HOUR = INTERVAL_MS["1h"];
const BARS = 900;
const market = randomMarket({ seed: 8, bars: BARS });
const base = (over: Partial<BacktestSpec> = {}): BacktestSpec => sampleSpec(BARS, { engine: "array", ...over });
const sweep = (over: Partial<SweepSpec> = {}): SweepSpec => ({
  version: 1,
  base: base(),
  axes: [
    { param: "fast", values: [3, 5, 20] },
    { param: "slow", values: [9, 18] },
  ],
  ...over,
});
const forward = (over: Partial<WalkForwardSpec> = {}): WalkForwardSpec => ({
  ...sweep(),
  inSample: 300,
  outOfSample: 150,
  objective: "sharpe",
  ...over,
});
const others = (spec: BacktestSpec) => {
  const { instrument, build } = sampleRun(spec, market);
  return { market, instrument, build };
};

describe("a sweep", () => {
  it("runs every combination as a backtest of its own would, and names those that do not go together", async () => {
    const result = await runSweep({ ...others(base()), spec: sweep() });
    expect(result.points.map((p) => [p.params.fast, p.params.slow, p.refused !== null])).toEqual([
      [3, 9, false],
      [3, 18, false],
      [5, 9, false],
      [5, 18, false],
      [20, 9, true],
      [20, 18, true],
    ]);
    for (const point of result.points.filter((p) => p.refused === null)) {
      const agents = base().agents.map((a) => ({ ...a, params: point.params }));
      const { result: alone } = await runSpec(sampleRun(base({ engine: "audited", agents }), market));
      expect(point.equity).toBe(alone.equity);
      expect(point.sharpe).toEqual(alone.performance.sharpe);
      expect(point.sample).toEqual(alone.performance.sample);
      expect(point.trades).toBe(alone.trades.length);
    }
  });

  it("goes on from the points that were finished", async () => {
    const kept = new Map<number, SweepPointResult>();
    const whole = await runSweep({ ...others(base()), spec: sweep(), onPoint: (i, p) => void (i < 3 && kept.set(i, JSON.parse(JSON.stringify(p)))) });
    const again: number[] = [];
    const rest = await runSweep({ ...others(base()), spec: sweep(), finished: kept, onPoint: (i) => again.push(i) });
    expect(again).toEqual([3, 4, 5]);
    expect(rest.hash).toBe(whole.hash);
  });

  it.each([
    ["NO_AXES", "axes", { axes: [] }],
    [
      "AXIS_TWICE",
      "axes.1.param",
      {
        axes: [
          { param: "fast", values: [3] },
          { param: "fast", values: [4] },
        ],
      },
    ],
    ["NO_VALUES", "axes.0.values", { axes: [{ param: "fast", values: [] }] }],
    ["VALUE_TWICE", "axes.0.values", { axes: [{ param: "fast", values: [3, 3] }] }],
    ["UNKNOWN_RULE_PARAMETER", "axes.0.values", { axes: [{ param: "speed", values: [3] }] }],
    ["RULE_PARAMETER_OUT_OF_RANGE", "axes.0.values", { axes: [{ param: "fast", values: [3, 1e9] }] }],
    ["RULE_PARAMETER_OUT_OF_RANGE", "axes.0.values", { axes: [{ param: "fast", values: [Number.NaN] }] }],
    [
      "TOO_MANY_POINTS",
      "axes",
      { axes: ["fast", "slow", "atrPeriod"].map((param) => ({ param, values: Array.from({ length: 20 }, (_, i) => i + 5) })) },
    ],
    [
      "NO_POINT_CAN_RUN",
      "axes",
      {
        axes: [
          { param: "fast", values: [60, 70] },
          { param: "slow", values: [9] },
        ],
      },
    ],
    ["ONE_AGENT_NEEDED", "base.agents", { base: base({ agents: [...base().agents, ...base().agents] }) }],
  ])("%s names %s", (code, field, over) => {
    expect(() => sweepPoints(sweep(over))).toThrowError(expect.objectContaining({ code, details: expect.objectContaining({ field }) }));
  });
});

describe("walk-forward", () => {
  it("trades only what was best before, on bars that the choice has not seen, and carries the money on", async () => {
    const windows: WalkForwardWindow[] = [];
    const result = await runWalkForward({ ...others(base()), spec: forward(), onWindow: (_, w) => windows.push(w) });
    expect(result.windows.length).toBe(4);
    expect(result.trials).toBe(4 * 4);
    for (const [i, w] of windows.entries()) {
      expect(w.split - w.from).toBe(300 * HOUR);
      expect(w.startEquity).toBe(windows[i - 1]?.endEquity ?? "10000");
      const best = bestPoint(w.points, "sharpe");
      expect(w.chosen).toEqual(w.points[best?.place as number]?.params);
      expect(w.split).toBe(windows[i - 1]?.to ?? w.split);
    }
    expect(result.equity).toBe(windows.at(-1)?.endEquity);
    expect(result.curve.at(-1)?.equity).toBeCloseTo(Number(result.equity), 9);
    expect(result.curve[0]?.at).toBe(windows[0]?.split);
  });

  it("chooses the same when the bars after the choice are others", async () => {
    // The open at the instant of the choice is known to it; nothing after is.
    const later = MARKET_BEGIN + 301 * HOUR;
    const [symbol, mine] = [...market.series][0] as [string, CandleSeries];
    const other = randomMarket({ seed: 9, bars: BARS }).series.get(symbol) as CandleSeries;
    const changed = {
      ...market,
      series: new Map([
        [
          symbol,
          new CandleSeries(
            mine.info,
            mine.base.map((c, i) => (c.openTime > later ? (other.base[i] ?? c) : c)),
          ),
        ],
      ]),
    };
    const first = (m: typeof market) =>
      new Promise<WalkForwardWindow>((done, failed) => {
        runWalkForward({ ...others(base()), market: m, spec: forward(), onWindow: (i, w) => i === 0 && done(w) }).catch(failed);
      });
    const [a, b] = [await first(market), await first(changed)];
    expect(b.chosen).toEqual(a.chosen);
    expect(b.points).toEqual(a.points);
    expect(b.endEquity).not.toBe(a.endEquity);
  });

  it("goes on from the windows that were finished", async () => {
    const kept = new Map<number, WalkForwardWindow>();
    const whole = await runWalkForward({
      ...others(base()),
      spec: forward(),
      onWindow: (i, w) => void (i < 2 && kept.set(i, JSON.parse(JSON.stringify(w)))),
    });
    expect((await runWalkForward({ ...others(base()), spec: forward(), finished: kept })).hash).toBe(whole.hash);
  });

  it.each([
    ["INVALID_WINDOW", "inSample", { inSample: 10 }],
    ["INVALID_WINDOW", "outOfSample", { outOfSample: Number.NaN }],
    ["TOO_LITTLE_DATA", "inSample", { inSample: 100_000 }],
  ])("%s names %s", async (code, field, over) => {
    await expect(runWalkForward({ ...others(base()), spec: forward(over) })).rejects.toMatchObject({ code, details: { field } });
  });
});
