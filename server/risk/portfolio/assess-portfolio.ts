import { DomainError } from "@/server/shared";
import { applyShock } from "../stress/apply-shock";
import { knownCrashes, worstWindows } from "../stress/historical-stress";
import type { StressShock } from "../stress/stress-shock";
import type { StressPosition, StressResult } from "../stress/types";
import { beta } from "./beta";
import { type CorrelationMatrix, correlationMatrix } from "./correlation-matrix";
import { type Drawdown, drawdown } from "./drawdown";
import { type LiquidityHorizon, liquidityHorizon } from "./liquidity-horizon";
import { portfolioReturns } from "./portfolio-returns";
import { type PortfolioRisk, portfolioRisk, RISK_METHODS, type RiskMethod } from "./portfolio-risk";
import { refuse } from "./refuse";
import { type PriceSeries, type ReturnMatrix, returnMatrix } from "./return-matrix";
import { backtestValueAtRisk, type ValueAtRiskBacktest } from "./value-at-risk-backtest";

/** What one question needs, all of it plain data, so that it can be answered in another thread. Values in the account's currency. */
export type PortfolioQuestion = {
  readonly held: readonly {
    readonly symbol: string;
    readonly quantity: number;
    readonly value: number;
    readonly venue: string;
    readonly dailyVolume: number | null;
  }[];
  /** Cash beside them, of which nothing is at risk; weights are shares of both. */
  readonly cash: number;
  readonly currency: string;
  readonly venue: string;
  /** Closes at steps of `stepMs` of what is held, and apart from them of the benchmark. */
  readonly series: readonly PriceSeries[];
  readonly stepMs: number;
  readonly benchmark: PriceSeries;
  /** Hourly closes further back, for past stretches; `real` = of a market, not a simulation. */
  readonly past: { readonly series: readonly PriceSeries[]; readonly stepMs: number; readonly steps: number; readonly real: boolean };
  readonly confidence: number;
  readonly scenarios: number;
  readonly seed: number;
  readonly participation: number;
  readonly shocks: readonly { readonly id: string; readonly name: string; readonly shock: StressShock }[];
};

/** A figure, or why there is none: never a silent zero. */
export type Answered<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly field: string | null };

export type StressRow = StressResult & {
  readonly id: string;
  readonly kind: "shock" | "past";
  readonly from: number | null;
  readonly to: number | null;
};

export type PortfolioAssessment = {
  readonly returns: Answered<number>;
  readonly methods: Readonly<Record<RiskMethod, Answered<PortfolioRisk>>>;
  readonly correlation: Answered<CorrelationMatrix>;
  readonly beta: Answered<number>;
  readonly drawdown: Answered<Drawdown>;
  readonly liquidity: Answered<LiquidityHorizon>;
  readonly backtest: Answered<ValueAtRiskBacktest & { readonly window: number }>;
  readonly stress: readonly Answered<StressRow>[];
};

/** Returns before a forecast of the backtest. */
const BACKTEST_WINDOW = 250;

/** One part of an assessment: what it is called and how it is computed. */
type Part = readonly [string, () => unknown];

/** The parts of the answer one by one, so that whoever computes them may do something else in between. */
export function assessmentParts(q: PortfolioQuestion): readonly Part[] {
  const equity = q.cash + q.held.reduce((sum, h) => sum + h.value, 0);
  const weights = q.held.map((h) => h.value / equity);
  let kept: Answered<ReturnMatrix> | undefined;
  const matrix = (): ReturnMatrix => {
    if (q.held.length === 0) throw refuse("NO_POSITIONS", "nothing is held, so there is no risk to measure", "positions");
    if (!(equity > 0)) throw refuse("NO_EQUITY", "there is no money to measure risk against", "equity");
    kept ??= answered(() => returnMatrix(q.series, q.stepMs));
    if (!kept.ok) throw refuse(kept.code, kept.message, kept.field ?? "series");
    return kept.value;
  };
  const positions: readonly StressPosition[] = [
    ...q.held.map(({ symbol, value, venue }) => ({ symbol, value, venue })),
    ...(q.cash === 0 ? [] : [{ symbol: q.currency, value: q.cash, venue: q.venue }]),
  ];
  return [
    ["returns", () => answered(() => matrix().count)],
    ...RISK_METHODS.map(
      (method): Part => [
        `methods.${method}`,
        () =>
          answered(() => {
            const { confidence, scenarios, seed } = q;
            return portfolioRisk(matrix(), weights, method === "monte-carlo" ? { method, confidence, scenarios, seed } : { method, confidence });
          }),
      ],
    ),
    ["correlation", () => answered(() => correlationMatrix(matrix()))],
    ["beta", () => answered(() => beta(portfolioReturns(matrix(), weights), benchmarkReturns(q)))],
    ["drawdown", () => answered(() => drawdown(heldThrough(q, matrix())))],
    ["liquidity", () => answered(() => liquidityHorizon(q.held.map(volume), q.participation))],
    ["backtest", () => answered(() => backtest(portfolioReturns(matrix(), weights), q.confidence))],
    ...q.shocks.map(
      ({ id, name, shock }): Part => [
        "stress",
        () => [
          answered(() => ({
            ...applyShock(positions, shock, needsReturns(shock) ? matrix() : undefined),
            scenario: name,
            id,
            kind: "shock" as const,
            from: null,
            to: null,
          })),
        ],
      ],
    ),
    ["stress", () => pastStress(q, positions)],
  ];
}

/** All parts put together. */
export function assembleAssessment(computed: readonly (readonly [string, unknown])[]): PortfolioAssessment {
  const out: Record<string, unknown> = {};
  const methods: Record<string, unknown> = {};
  const stress: unknown[] = [];
  for (const [name, value] of computed) {
    if (name === "stress") stress.push(...(value as unknown[]));
    else if (name.startsWith("methods.")) methods[name.slice("methods.".length)] = value;
    else out[name] = value;
  }
  return { ...out, methods, stress } as unknown as PortfolioAssessment;
}

/** The whole answer at once. */
export const assessPortfolio = (q: PortfolioQuestion): PortfolioAssessment =>
  assembleAssessment(assessmentParts(q).map(([name, compute]) => [name, compute()] as const));

/** The value, or the refusal as data. Anything that is no refusal is thrown on. */
export function answered<T>(compute: () => T): Answered<T> {
  try {
    return { ok: true, value: compute() };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { ok: false, code: error.code, message: error.message, field: error.details.field ?? null };
  }
}

const needsReturns = (shock: StressShock): boolean => shock.kind === "volatility" || shock.kind === "correlation-to-one";

/** Returns of the benchmark over the very steps of what is held. */
function benchmarkReturns(q: PortfolioQuestion): Float64Array {
  if (q.benchmark.prices.length === 0) throw refuse("PRICES_MISSING", `there are no prices of ${q.benchmark.symbol}`, q.benchmark.symbol);
  const name = `${q.benchmark.symbol} as the benchmark`;
  const both = returnMatrix([...q.series, { ...q.benchmark, symbol: name }], q.stepMs);
  return both.columns[both.columns.length - 1] as Float64Array;
}

/** What today's holdings and cash would have been worth at each step. */
function heldThrough(q: PortfolioQuestion, { count }: ReturnMatrix): Float64Array {
  const worth = new Float64Array(count + 1).fill(q.cash);
  for (const { symbol, value } of q.held) {
    const prices = q.series.find((s) => s.symbol === symbol)?.prices;
    if (!prices) throw refuse("PRICES_MISSING", `there are no prices of ${symbol}`, symbol);
    const last = prices[count] as number;
    for (let t = 0; t <= count; t++) worth[t] = (worth[t] as number) + (value * (prices[t] as number)) / last;
  }
  return worth;
}

function volume({ symbol, quantity, dailyVolume }: PortfolioQuestion["held"][number]) {
  if (dailyVolume === null) throw refuse("VOLUME_MISSING", `the volume of a day is not known for ${symbol}`, symbol);
  return { symbol, quantity, dailyVolume };
}

/** Forecasts by the historical method from the returns before each step, against the return that came. */
function backtest(returns: Float64Array, confidence: number): ValueAtRiskBacktest & { readonly window: number } {
  const window = Math.min(BACKTEST_WINDOW, Math.floor(returns.length / 2));
  const least = Math.ceil(1 / (1 - confidence) - 1e-6);
  if (window < least)
    throw refuse(
      "TOO_FEW_RETURNS",
      `${returns.length} returns leave ${window} for a forecast, ${least} are needed at ${confidence * 100} %`,
      "returns",
      {
        has: returns.length,
        needs: 2 * least,
      },
    );
  const forecasts = new Float64Array(returns.length - window);
  for (let t = 0; t < forecasts.length; t++) {
    const before = returns.slice(t, t + window).sort();
    const place = (window - 1) * (1 - confidence);
    const below = Math.floor(place + 4 * Number.EPSILON);
    const low = before[below] as number;
    forecasts[t] = -(low + (place - below) * ((before[Math.min(below + 1, window - 1)] as number) - low));
  }
  return { ...backtestValueAtRisk(returns.subarray(window), forecasts, confidence), window };
}

function pastStress(q: PortfolioQuestion, positions: readonly StressPosition[]): readonly Answered<StressRow>[] {
  const { series, stepMs, steps, real } = q.past;
  const rows = answered(() => [...(real ? knownCrashes(positions, series, stepMs) : []), ...worstWindows(positions, series, stepMs, steps)]);
  return rows.ok ? rows.value.map((row) => ({ ok: true, value: { ...row, id: `past:${row.from}:${row.to}`, kind: "past" } })) : [rows];
}
