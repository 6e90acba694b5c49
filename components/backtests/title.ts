import { formatPercent } from "@/components/format/decimal-text";
import type { BacktestView } from "@/server/api/contract/backtests";
import { paramsWords, spanWords } from "./words";

const percent = (x: number): string => `${x > 0 ? "+" : ""}${formatPercent(x.toFixed(8))}`;

/** The answer as a sentence: what it made, and against what. */
export function titleOf({ row, result }: BacktestView): string {
  if (!result) return row.name;
  if (result.kind === "sweep") {
    const best = row.summary?.best;
    const ran = result.result.points.filter((p) => p.refused === null).length;
    return best
      ? `Of ${ran} settings ${paramsWords(pick(best, result.result.axes))} had the best Sharpe`
      : `None of ${ran} settings has a Sharpe ratio`;
  }
  const { performance, holdPerformance } = result.result;
  const [made, held] = [performance.totalReturn, holdPerformance.totalReturn];
  const verb = made === 0 ? "Made nothing" : made > 0 ? `Made ${percent(made)}` : `Lost ${formatPercent((-made).toFixed(8))}`;
  if (result.kind === "walk-forward") return `${verb} out of sample in ${result.result.windows.length} windows; holding made ${percent(held)}`;
  const span = spanWords(result.result.to - result.result.from);
  const random = result.result.random;
  const luck = random ? `ahead of ${formatPercent(random.percentile.toFixed(6), 0)} of random entries` : "it never traded";
  return `${verb} in ${span}; ${luck}`;
}

const pick = (params: Readonly<Record<string, number>>, axes: readonly { readonly param: string }[]): Record<string, number> =>
  Object.fromEntries(axes.map((a) => [a.param, params[a.param] ?? Number.NaN]));
