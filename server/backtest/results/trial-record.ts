import type { SymbolId } from "@/server/market";
import { type Fixed, toNumber } from "@/server/shared";
import type { AgentRun } from "../engines/run-types";
import type { TickGrid } from "../engines/tick-grid";
import type { ValueCurve } from "./value-curve";

/** What a run did, period by period, oldest first: what the excess over an exposure-matched hold is computed from. */
export type TrialRecord = {
  readonly symbols: readonly SymbolId[];
  /** Per symbol and period: value of the position over equity, averaged over the period's ticks. */
  readonly exposure: readonly Float64Array[];
  /** Per symbol and period: change of the price over the price at its start. */
  readonly prices: readonly Float64Array[];
  /** Per period: change of equity, after costs. */
  readonly result: Float64Array;
  readonly periodsPerYear: number;
};

/** Sharpe ratio, a year, of a run's excess over its exposure-matched hold, and the periods it was measured over. */
export type ExcessFigure = { readonly yearlySharpe: number; readonly periods: number };
/** Judges a record; null where nothing can be said of it. Given from outside: the backtest knows nothing of evidence. */
export type ExcessJudge = (record: TrialRecord) => ExcessFigure | null;

/** More periods than this say no more: ticks are taken together, as an agent's own record is. */
const MOST_PERIODS = 2_000;
const YEAR_MS = 365 * 86_400_000;

/** The record of a run; null when its equity reached zero or a price is missing. */
export function trialRecord(run: Pick<AgentRun, "fills">, curve: ValueCurve, grid: TickGrid): TrialRecord | null {
  const together = Math.max(1, Math.ceil(grid.count / MOST_PERIODS));
  const periods = Math.floor(grid.count / together);
  const places = new Map<SymbolId, number>(grid.symbols.map((s, i) => [s.symbol, i]));
  const columns = (): Float64Array[] => grid.symbols.map(() => new Float64Array(periods));
  const [exposure, prices, result] = [columns(), columns(), new Float64Array(periods)];
  const held = new Float64Array(grid.symbols.length);
  let next = 0;
  for (let p = 0; p < periods; p++) {
    const [start, end] = [p * together, (p + 1) * together];
    const [before, after] = [curve.equity[start] as number, curve.equity[end] as number];
    if (!(before > 0 && after > 0)) return null;
    result[p] = after / before - 1;
    for (let n = start; n < end; n++) {
      // What was ordered at a tick is filled at the open that it stands on: it is held from then on.
      const until = n + 1 < grid.count ? grid.first + (n + 1) * grid.stepMs : grid.to;
      for (let fill = run.fills[next]; fill && fill.at < until; fill = run.fills[++next]) {
        const s = places.get(fill.symbol) as number;
        held[s] = (held[s] as number) + toNumber(fill.quantity as Fixed) * (fill.side === "buy" ? 1 : -1);
      }
      for (let s = 0; s < held.length; s++) {
        const worth = held[s] === 0 ? 0 : (held[s] as number) * ((grid.symbols[s] as TickGrid["symbols"][number]).price[n] as number);
        const column = exposure[s] as Float64Array;
        column[p] = (column[p] as number) + worth / (curve.equity[n] as number) / together;
      }
    }
    for (const [s, { price }] of grid.symbols.entries()) {
      const change = (price[end] as number) / (price[start] as number) - 1;
      if (!Number.isFinite(change)) return null;
      (prices[s] as Float64Array)[p] = change;
    }
  }
  return { symbols: grid.symbols.map((s) => s.symbol), exposure, prices, result, periodsPerYear: YEAR_MS / (together * grid.stepMs) };
}
