import { formatDecimal, formatPercent } from "@/components/format/decimal-text";
import type { SweepPointResult, SweepResult } from "@/server/backtest";

export type Measure = "sharpe" | "return" | "calmar" | "drawdown" | "trades";
export type HeatCell = { readonly point: SweepPointResult | null; readonly value: number | null };

/** A point's figure; null when it was not run or has none. */
export function measureOf(point: SweepPointResult, measure: Measure): number | null {
  if (point.refused !== null) return null;
  if (measure === "return") return point.totalReturn;
  if (measure === "drawdown") return point.maxDrawdown;
  if (measure === "trades") return point.trades;
  return point[measure].value;
}

/** Rows (second axis) by columns (first axis), the other axes held at the values of `fixed`. */
export function heatCells(
  result: Pick<SweepResult, "axes" | "points">,
  axes: { readonly column: string; readonly row: string | null },
  fixed: Readonly<Record<string, number>>,
  measure: Measure,
): readonly (readonly HeatCell[])[] {
  const of = (param: string | null): readonly number[] => result.axes.find((a) => a.param === param)?.values ?? [Number.NaN];
  return of(axes.row).map((r) =>
    of(axes.column).map((c) => {
      const point =
        result.points.find((p) =>
          result.axes.every((a) => {
            const wanted = a.param === axes.column ? c : a.param === axes.row ? r : fixed[a.param];
            return p.params[a.param] === wanted;
          }),
        ) ?? null;
      return { point, value: point && measureOf(point, measure) };
    }),
  );
}

/** Mean of the cells around one (itself left out): a peak that stands alone is likely luck. Null when there is none. */
export function neighbourMean(
  cells: readonly (readonly HeatCell[])[],
  row: number,
  column: number,
): { readonly mean: number; readonly count: number } | null {
  const around: number[] = [];
  for (let r = row - 1; r <= row + 1; r++)
    for (let c = column - 1; c <= column + 1; c++) {
      const value = r === row && c === column ? null : cells[r]?.[c]?.value;
      if (value !== null && value !== undefined) around.push(value);
    }
  return around.length === 0 ? null : { mean: around.reduce((s, v) => s + v, 0) / around.length, count: around.length };
}

/** A figure of a point as it is shown. */
export const showMeasure = (value: number, measure: Measure): string =>
  measure === "trades"
    ? String(value)
    : measure === "return" || measure === "drawdown"
      ? formatPercent(value.toFixed(8), 1)
      : formatDecimal(value.toFixed(8), 2);
