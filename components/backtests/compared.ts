import { formatPercent } from "@/components/format/decimal-text";
import type { BacktestView } from "@/server/api/contract/backtests";
import type { CurvePoint, Performance } from "@/server/backtest";

/** What a comparison needs of one result. */
export type Compared = {
  readonly id: string;
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly simulated: boolean;
  readonly performance: Performance;
  readonly hold: Performance;
  readonly trades: number;
  readonly trials: number;
  readonly curve: readonly CurvePoint[];
};

/** Null for results without a curve: sweeps, and what is not finished. */
export function comparedOf({ row, result }: BacktestView): Compared | null {
  if (!result || result.kind === "sweep") return null;
  const { performance, holdPerformance, curve } = result.result;
  const trades =
    result.kind === "single"
      ? result.result.tradeStats.closed + result.result.tradeStats.open
      : result.result.windows.reduce((n, w) => n + w.trades, 0);
  return {
    id: row.backtestId,
    name: row.name,
    from: curve[0]?.at ?? row.from,
    to: curve.at(-1)?.at ?? row.to,
    simulated: result.result.source.kind === "simulated",
    performance,
    hold: holdPerformance,
    trades,
    trials: row.familyTrials,
    curve,
  };
}

export type Overlaid = {
  readonly from: number;
  readonly to: number;
  readonly times: readonly number[];
  /** Returns since the shared beginning, as fractions. */
  readonly curves: readonly (readonly number[])[];
  readonly hold: readonly number[];
};

const POINTS = 400;

/** All curves at the same instants of the time they share, each from zero; null when they share less than two instants. */
export function overlaid(found: readonly Pick<Compared, "from" | "to" | "curve">[]): Overlaid | null {
  const from = Math.max(...found.map((f) => f.from));
  const to = Math.min(...found.map((f) => f.to));
  if (!(to > from)) return null;
  const times = Array.from({ length: POINTS }, (_, i) => from + ((to - from) * i) / (POINTS - 1));
  const at = (curve: readonly CurvePoint[], pick: (p: CurvePoint) => number): readonly number[] => {
    let i = 0;
    const values = times.map((t) => {
      while (i + 1 < curve.length && (curve[i + 1] as CurvePoint).at <= t) i++;
      return pick(curve[i] as CurvePoint);
    });
    return values.map((v) => v / (values[0] as number) - 1);
  };
  return { from, to, times, curves: found.map((f) => at(f.curve, (p) => p.equity)), hold: at((found[0] as Compared).curve, (p) => p.hold) };
}

/** The end of the comparison as a sentence: the best, the worst, and by how much. */
export function differenceWords(found: readonly Pick<Compared, "name">[], shared: Overlaid): string {
  const ends = shared.curves.map((c, i) => ({ name: found[i]?.name ?? "", end: c.at(-1) ?? 0 })).sort((a, b) => b.end - a.end);
  const [best, worst] = [ends[0], ends.at(-1)];
  if (!best || !worst) return "";
  const points = ((best.end - worst.end) * 100).toFixed(2);
  const percent = (x: number): string => `${x > 0 ? "+" : ""}${formatPercent(x.toFixed(8))}`;
  return `Over the time they share ${best.name} made ${percent(best.end)} and ${worst.name} ${percent(worst.end)}: ${points} percentage points apart. Whether that is more than luck depends on the trials of each.`;
}
