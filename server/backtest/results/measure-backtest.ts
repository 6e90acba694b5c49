import type { SymbolId } from "@/server/market";
import { type Fixed, hashJson, type Json, mul, sum, toNumber, toText, ZERO } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import { type BacktestMarket, seriesOf } from "../backtest-market";
import type { BacktestSpec } from "../backtest-spec";
import type { MarketQuality } from "../check-market";
import type { AgentRun } from "../engines/run-types";
import type { TickGrid } from "../engines/tick-grid";
import type { BacktestPlan } from "../plan-backtest";
import type { AgentResult, BacktestResult, CurvePoint, EvidenceSeries, RandomEntryResult, TradeRow } from "./backtest-result";
import { costFigures } from "./cost-figures";
import { holdCurve } from "./hold-curve";
import { monthlyReturns } from "./monthly-returns";
import { performanceOf } from "./performance";
import { randomEntry, type TradeShape } from "./random-entry";
import { roundTrips } from "./round-trips";
import { tradeStats } from "./trade-stats";
import { type ValueCurve, valueCurve } from "./value-curve";

/** Points of the stored curves, and of the random-entry band: more than a screen has pixels is of no use. */
const CURVE_POINTS = 1_500;
const BAND_POINTS = 120;
/** Returns kept for the evidence; more ticks are taken together. */
const MOST_RETURNS = 20_000;

export type MeasureInput = {
  readonly spec: BacktestSpec;
  readonly plan: BacktestPlan;
  readonly market: BacktestMarket;
  readonly instrument: (symbol: SymbolId) => Instrument;
  readonly quality: readonly MarketQuality[];
  readonly runs: readonly { readonly run: AgentRun; readonly grid: TickGrid }[];
};

/** Everything a backtest shows, from its fills. Pure: equal fills, bars and specification give an equal hash. */
export function measureBacktest(input: MeasureInput): BacktestResult {
  const { spec, plan, market, instrument, runs } = input;
  const grid = (runs[0] as MeasureInput["runs"][number]).grid;
  const atOf = (i: number): number => (i < grid.count ? grid.first + i * grid.stepMs : grid.to);
  const curves = runs.map((r, i) => valueCurve((plan.agents[i] as BacktestPlan["agents"][number]).capital, r.run, r.grid));
  const holds = runs.map((r, i) => holdCurve((plan.agents[i] as BacktestPlan["agents"][number]).capital, r.grid, market, instrument));
  const equity = addUp(curves.map((c) => c.equity));
  const hold = addUp(holds.map((h) => h.values));
  const total: ValueCurve = { equity, invested: addUp(curves.map((c) => c.invested)) };
  const trades = runs.flatMap((r, agent) => tradeRows(r.run, agent, market, grid.to)).sort((a, b) => a.openedAt - b.openedAt || a.agent - b.agent);
  const fills = runs.flatMap((r) => r.run.fills);
  const mean = equity.reduce((s, x) => s + x, 0) / equity.length;
  const body: Omit<BacktestResult, "hash"> = {
    version: 1,
    source: market.source,
    currency: plan.currency,
    from: grid.first,
    to: grid.to,
    stepMs: grid.stepMs,
    ticks: grid.count,
    capital: toText(plan.capital),
    equity: toText(sum(runs.map((r) => r.run.equity))),
    hold: toText(sum(holds.map((h) => h.end))),
    performance: performanceOf(equity, grid.stepMs, atOf),
    holdPerformance: performanceOf(hold, grid.stepMs, atOf),
    agents: runs.map((r, i): AgentResult => {
      const { agent, capital } = plan.agents[i] as BacktestPlan["agents"][number];
      const { symbols, ruleSet, params } = spec.agents[i] as BacktestSpec["agents"][number];
      const { ticks, skipped, orders, reduced, denied } = r.run;
      return {
        name: agent.config.name,
        symbols,
        ruleSet,
        params,
        capital: toText(capital),
        equity: toText(r.run.equity),
        hold: toText((holds[i] as { end: Fixed }).end),
        ticks,
        skipped,
        orders,
        reduced,
        denied,
        fills: r.run.fills.length,
        performance: performanceOf((curves[i] as ValueCurve).equity, grid.stepMs, atOf),
      };
    }),
    costs: costFigures(fills, market, mean, grid.to - grid.first),
    exposure: exposureOf(total),
    tradeStats: tradeStats(trades),
    trades,
    fills: runs
      .flatMap((r, agent) =>
        r.run.fills.map((f) => ({
          agent,
          symbol: f.symbol,
          side: f.side,
          quantity: toText(f.quantity),
          price: toText(f.price),
          fee: toText(f.fee),
          liquidity: f.liquidity,
          at: f.at,
        })),
      )
      .sort((a, b) => a.at - b.at || a.agent - b.agent),
    monthly: monthlyReturns(equity, hold, atOf),
    random: drawn(input, trades, atOf),
    curve: sampled(grid.count + 1, CURVE_POINTS).map(
      (i): CurvePoint => ({ at: atOf(i), equity: equity[i] as number, hold: hold[i] as number, invested: total.invested[i] as number }),
    ),
    evidence: evidenceOf(total, hold, grid.stepMs, atOf),
    quality: input.quality,
  };
  return { ...body, hash: hashJson(body as unknown as Json) };
}

function tradeRows(run: AgentRun, agent: number, market: BacktestMarket, to: number): readonly TradeRow[] {
  const worth = (symbol: SymbolId, quantity: Fixed): Fixed => mul(quantity, seriesOf(market, symbol).price(to)?.price ?? ZERO, "half-even");
  return roundTrips(run.fills, worth).map((t) => ({
    agent,
    symbol: t.symbol,
    openedAt: t.openedAt,
    closedAt: t.closedAt,
    quantity: toText(t.quantity),
    paid: toText(t.paid),
    received: toText(t.received),
    fees: toText(t.fees),
    pnl: toText(t.pnl),
    return: t.paid > 0n ? toNumber(t.pnl) / toNumber(t.paid) : 0,
    fills: t.fills,
  }));
}

const addUp = (curves: readonly Float64Array[]): Float64Array => {
  const first = curves[0] as Float64Array;
  if (curves.length === 1) return first;
  return first.map((_, i) => curves.reduce((s, c) => s + (c[i] as number), 0));
};

function exposureOf({ equity, invested }: ValueCurve): BacktestResult["exposure"] {
  let [share, held] = [0, 0];
  for (let i = 0; i < equity.length; i++) {
    const worth = invested[i] as number;
    if (worth > 0) held += 1;
    if ((equity[i] as number) > 0) share += worth / (equity[i] as number);
  }
  return { mean: share / equity.length, timeInMarket: held / equity.length };
}

/** So many places of a list, the first and the last included. */
function sampled(length: number, most: number): readonly number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.round((i * (length - 1)) / (most - 1)));
}

function evidenceOf({ equity, invested }: ValueCurve, hold: Float64Array, stepMs: number, atOf: (i: number) => number): EvidenceSeries {
  const every = Math.max(1, Math.ceil((equity.length - 1) / MOST_RETURNS));
  const [at, returns, holdReturns, exposure]: number[][] = [[], [], [], []];
  for (let i = every; i < equity.length; i += every) {
    const before = equity[i - every] as number;
    if (before <= 0) break;
    at?.push(atOf(i));
    returns?.push((equity[i] as number) / before - 1);
    holdReturns?.push((hold[i] as number) / (hold[i - every] as number) - 1);
    exposure?.push((invested[i - every] as number) / before);
  }
  return { stepMs: every * stepMs, at: at ?? [], returns: returns ?? [], holdReturns: holdReturns ?? [], exposure: exposure ?? [] };
}

function drawn({ spec, plan, runs, market }: MeasureInput, trades: readonly TradeRow[], atOf: (i: number) => number): RandomEntryResult | null {
  const grid = (runs[0] as MeasureInput["runs"][number]).grid;
  const tickOf = (at: number | null): number => Math.round(((at ?? grid.to) - grid.first) / grid.stepMs);
  const shapes = trades.map(
    (t): TradeShape => ({ symbol: t.symbol, paid: Number(t.paid), ticks: Math.max(1, tickOf(t.closedAt) - tickOf(t.openedAt)) }),
  );
  const cost = new Map<SymbolId, number>();
  for (const symbol of plan.symbols) {
    const fills = runs.flatMap((r) => r.run.fills.filter((f) => f.symbol === symbol));
    const figures = costFigures(fills, market, 0, 0);
    const traded = Number(figures.turnover);
    cost.set(symbol, traded > 0 ? Number(figures.total) / traded : 0);
  }
  const drawnEntries = randomEntry({
    prices: new Map(runs.flatMap((r) => r.grid.symbols.map((s) => [s.symbol, s.price] as const))),
    trades: shapes,
    costOf: (symbol) => cost.get(symbol) ?? 0,
    capital: toNumber(plan.capital),
    pnl: trades.reduce((s, t) => s + Number(t.pnl), 0),
    draws: spec.draws,
    seed: spec.seed,
    points: BAND_POINTS,
  });
  if (!drawnEntries) return null;
  const { band, ...rest } = drawnEntries;
  return { ...rest, band: band.map(({ tick, ...b }) => ({ at: atOf(tick), ...b })) };
}
