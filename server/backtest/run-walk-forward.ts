import type { MarketSource } from "@/server/market";
import { DomainError, type Fixed, fixed, hashJson, type Json, mul, sub, sum, toNumber, toText } from "@/server/shared";
import type { BacktestSpec } from "./backtest-spec";
import { checkMarket, type MarketQuality } from "./check-market";
import { planBacktest } from "./plan-backtest";
import type { CurvePoint, EvidenceSeries } from "./results/backtest-result";
import { holdCurve } from "./results/hold-curve";
import { type Performance, performanceOf, returnsOf } from "./results/performance";
import type { ExcessFigure } from "./results/trial-record";
import type { RunSpecOptions } from "./run-spec";
import { bestPoint, pointRunner, refusedPoint, type SweepPointResult } from "./run-sweep";
import { LEAST_PART, sweepPoints, type WalkForwardSpec } from "./sweep-spec";

const CURVE_POINTS = 1_500;

/** One window: what was best before it, and what that made in it. */
export type WalkForwardWindow = {
  readonly from: number;
  /** Here the bars that the choice was made on end, and those it is judged by begin. */
  readonly split: number;
  readonly to: number;
  /** null when no point had a figure to choose by: the window is not traded. */
  readonly chosen: Readonly<Record<string, number>> | null;
  readonly inSample: number | null;
  readonly outOfSample: Performance;
  readonly startEquity: string;
  readonly endEquity: string;
  readonly trades: number;
  /** Points that were run on the in-sample bars, for the count of trials. */
  readonly points: readonly SweepPointResult[];
  /** Equity and buy-and-hold at each tick of the out-of-sample part. */
  readonly equity: readonly number[];
  readonly hold: readonly number[];
  /** What was held at each of them (quote currency). */
  readonly invested: readonly number[];
};

export type WalkForwardResult = {
  readonly version: 1;
  readonly source: MarketSource;
  readonly objective: string;
  readonly windows: readonly Omit<WalkForwardWindow, "equity" | "hold" | "invested" | "points">[];
  readonly trials: number;
  readonly currency: string;
  readonly capital: string;
  readonly equity: string;
  /** Out of sample only, the windows one after the other. */
  readonly performance: Performance;
  readonly holdPerformance: Performance;
  readonly curve: readonly CurvePoint[];
  readonly evidence: EvidenceSeries;
  readonly quality: readonly MarketQuality[];
  readonly hash: string;
};

export type WalkForwardOptions = Omit<RunSpecOptions, "spec" | "finished" | "onAgent"> & {
  readonly spec: WalkForwardSpec;
  readonly finished?: ReadonlyMap<number, WalkForwardWindow>;
  /** `excess` of each point of the grid. */
  readonly onWindow?: (place: number, window: WalkForwardWindow, excess: readonly (ExcessFigure | null)[]) => void;
};

/** The windows of a walk-forward. Throws INVALID_WINDOW and TOO_LITTLE_DATA. */
export function walkForwardWindows(
  spec: WalkForwardSpec,
  stepMs: number,
): readonly { readonly from: number; readonly split: number; readonly to: number }[] {
  for (const field of ["inSample", "outOfSample"] as const) {
    if (!Number.isInteger(spec[field]) || spec[field] < LEAST_PART)
      throw new DomainError("INVALID_WINDOW", `each part of a window needs at least ${LEAST_PART} bars`, { field });
  }
  const first = Math.ceil(spec.base.from / stepMs) * stepMs;
  const windows: { from: number; split: number; to: number }[] = [];
  for (let from = first; ; from += spec.outOfSample * stepMs) {
    const split = from + spec.inSample * stepMs;
    const to = Math.min(split + spec.outOfSample * stepMs, spec.base.to);
    if (to - split < LEAST_PART * stepMs) break;
    windows.push({ from, split, to });
  }
  if (windows.length === 0) {
    const needed = spec.inSample + Math.min(spec.outOfSample, LEAST_PART);
    throw new DomainError("TOO_LITTLE_DATA", `one window needs ${needed} bars, the time has ${Math.floor((spec.base.to - first) / stepMs)}`, {
      field: "inSample",
    });
  }
  return windows;
}

/**
 * Walk-forward: on each window the whole grid is tried on the in-sample bars and the best point alone trades the bars after them, with what
 * the window before left. At a window's end its position is valued at the last price less the cost of selling it. Deterministic like runSpec.
 */
export async function runWalkForward(options: WalkForwardOptions): Promise<WalkForwardResult> {
  const { spec, market } = options;
  const { base } = spec;
  const points = sweepPoints(spec);
  const plan = planBacktest({
    ...base,
    draws: 0,
    agents: base.agents.map((a) => ({ ...a, params: points.find((p) => p.refused === null)?.params ?? a.params })),
  });
  const spans = walkForwardWindows(spec, plan.stepMs);
  const trials = spans.length * points.filter((p) => p.refused === null).length;
  const quality = checkMarket(market, { symbols: plan.symbols, interval: base.interval, from: base.from, to: base.to });
  const windows: WalkForwardWindow[] = [];
  for (const [place, span] of spans.entries()) {
    const before = options.finished?.get(place);
    const capital = windows.at(-1)?.endEquity ?? toText(plan.capital);
    const excess: (ExcessFigure | null)[] = [];
    const window = before ?? (await runWindow(options, span, capital, points, quality, excess));
    if (!before) options.onWindow?.(place, window, excess);
    windows.push(window);
    options.onProgress?.(place + 1, spans.length);
  }
  return stitch(spec, market.source, windows, plan.stepMs, plan.currency, toText(plan.capital), trials, quality);
}

async function runWindow(
  options: WalkForwardOptions,
  span: { readonly from: number; readonly split: number; readonly to: number },
  capital: string,
  points: readonly { readonly params: Readonly<Record<string, number>>; readonly refused: string | null }[],
  quality: readonly MarketQuality[],
  excess: (ExcessFigure | null)[],
): Promise<WalkForwardWindow> {
  const { spec, market } = options;
  const funded = (from: number, to: number): BacktestSpec => ({
    ...spec.base,
    from,
    to,
    capital,
    agents: spec.base.agents.map((a) => ({ ...a, capital: null })),
  });
  const learn = pointRunner(options, funded(span.from, span.split), quality);
  const tried: SweepPointResult[] = [];
  for (const point of points) {
    const made = point.refused === null ? await learn.run(point.params) : null;
    tried.push(made?.result ?? refusedPoint(point.params, point.refused ?? ""));
    excess.push(made?.excess ?? null);
  }
  const best = bestPoint(tried, spec.objective);
  const test = pointRunner(options, funded(span.split, span.to), quality);
  const chosen = best === null ? null : (tried[best.place] as SweepPointResult).params;
  const { grid } = test;
  const atOf = (i: number): number => (i < grid.count ? grid.first + i * grid.stepMs : grid.to);
  const hold = holdCurve(fixed(capital), grid, market, test.instrument).values;
  const shared = { ...span, inSample: best?.value ?? null, chosen, startEquity: capital, points: tried, hold: [...hold] };
  if (chosen === null) {
    const flat = new Float64Array(grid.count + 1).fill(Number(capital));
    return {
      ...shared,
      outOfSample: performanceOf(flat, grid.stepMs, atOf),
      endEquity: capital,
      trades: 0,
      equity: [...flat],
      invested: [...flat].map(() => 0),
    };
  }
  const { run, curve, plan } = await test.whole(chosen);
  const worth = sum(Object.entries(run.quantities).map(([s, q]) => mul(q, market.series.get(s)?.price(span.to)?.price ?? (0n as Fixed), "down")));
  const selling = mul(worth, sum([plan.fees.takerFee, plan.rules.halfSpread]), "up");
  const end = sub(run.equity, selling);
  const equity = [...curve.equity];
  equity[equity.length - 1] = toNumber(end);
  return {
    ...shared,
    outOfSample: performanceOf(Float64Array.from(equity), grid.stepMs, atOf),
    endEquity: toText(end),
    trades: run.fills.filter((f) => f.side === "buy").length,
    equity,
    invested: [...curve.invested],
  };
}

function stitch(
  spec: WalkForwardSpec,
  source: MarketSource,
  windows: readonly WalkForwardWindow[],
  stepMs: number,
  currency: string,
  capital: string,
  trials: number,
  quality: readonly MarketQuality[],
): WalkForwardResult {
  const at: number[] = [];
  const equity: number[] = [];
  const hold: number[] = [];
  const invested: number[] = [];
  for (const w of windows) {
    // A window's last point is the next one's first; buy-and-hold goes on from where it stood.
    const [scale, skip] = hold.length === 0 ? [1, 0] : [(hold.at(-1) as number) / (w.hold[0] as number), 1];
    for (let i = skip; i < w.equity.length; i++) {
      at.push(Math.min(w.split + i * stepMs, w.to));
      equity.push(w.equity[i] as number);
      invested.push(w.invested[i] as number);
      hold.push((w.hold[i] as number) * scale);
    }
  }
  const atOf = (i: number): number => at[i] as number;
  const curves = { equity: Float64Array.from(equity), hold: Float64Array.from(hold) };
  const every = Math.max(1, Math.ceil(at.length / CURVE_POINTS));
  const body = {
    version: 1 as const,
    source,
    objective: spec.objective,
    windows: windows.map(({ equity: _e, hold: _h, invested: _i, points: _p, ...w }) => w),
    trials,
    currency,
    capital,
    equity: windows.at(-1)?.endEquity ?? capital,
    performance: performanceOf(curves.equity, stepMs, atOf),
    holdPerformance: performanceOf(curves.hold, stepMs, atOf),
    curve: at.flatMap((t, i) =>
      i % every === 0 || i === at.length - 1
        ? [{ at: t, equity: equity[i] as number, hold: hold[i] as number, invested: invested[i] as number }]
        : [],
    ),
    evidence: {
      stepMs,
      at: at.slice(1),
      returns: [...returnsOf(curves.equity)],
      holdReturns: [...returnsOf(curves.hold)],
      exposure: invested.slice(0, -1).map((worth, i) => ((equity[i] as number) > 0 ? worth / (equity[i] as number) : 0)),
    },
    quality,
  };
  return { ...body, hash: hashJson(body as unknown as Json) };
}
