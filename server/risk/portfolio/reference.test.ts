import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { readCandleColumns, sharedCandleFiles, sharedFile } from "@/server/testing/shared-data";
import {
  type CorrelationKind,
  correlationMatrix,
  covarianceMatrix,
  drawdown,
  moments,
  portfolioReturns,
  portfolioRisk,
  type ReturnMatrix,
  returnMatrix,
  sharpeRatio,
  sortinoRatio,
} from "..";
import { cornishFisher } from "./cornish-fisher";

type Level = Readonly<Record<string, number>> & { readonly p: number };
type Reference = { readonly source: string; readonly returns_first3: readonly (readonly number[])[]; readonly [key: string]: unknown };

const folder = sharedFile("reference");
const files = folder === null ? [] : readdirSync(folder).filter((f) => /^risk_.*\.json$/.test(f));

/** Returns of every step-th close, for each set of candle files the reference may be of; the one whose first returns agree. */
function returnsOf({ source, returns_first3 }: Reference): ReturnMatrix {
  const step = Number(/every (\d+)th/.exec(source)?.[1]);
  const symbols = (/\b([A-Z][A-Z0-9]*(?:,[A-Z0-9]+)+)\b/.exec(source)?.[1] ?? "").split(",");
  const bySymbol = symbols.map((s) => sharedCandleFiles(`binance_${s}USDT_1h.csv.gz`));
  for (const first of bySymbol[0] ?? []) {
    const set = bySymbol.map((paths) => paths.find((p) => path.dirname(p) === path.dirname(first)));
    if (set.some((p) => p === undefined)) continue;
    const series = set.map((file, i) => {
      const { time, close } = readCandleColumns(file ?? "");
      const rows = close.map((_, row) => row).filter((row) => row % step === step - 1);
      return { symbol: symbols[i] ?? "", times: rows.map((row) => time[row] as number), prices: rows.map((row) => close[row] as number) };
    });
    const matrix = returnMatrix(series, step * 3_600_000);
    if (returns_first3.every((row, t) => row.every((want, i) => near(matrix.columns[i]?.[t] ?? 0, want)))) return matrix;
  }
  throw new Error(`the candles of "${source}" are not in the shared data, or their first returns differ`);
}

const near = (got: number, want: number): boolean => Math.abs(got - want) <= 1e-9 * Math.abs(want);

/** What the product says beside what R says, by a name for messages. */
type Pair = readonly [name: string, got: number, want: number];

function levelPairs(name: string, returns: Float64Array, level: Level): Pair[] {
  const { p } = level;
  const one: ReturnMatrix = { symbols: [name], count: returns.length, columns: [returns] };
  const risk = (method: "historical" | "gaussian" | "modified") => portfolioRisk(one, [1], { method, confidence: p });
  const [historical, gaussian, modified] = [risk("historical"), risk("gaussian"), risk("modified")];
  const { count, mean, m2, deviation, skewness, excessKurtosis } = moments(returns);
  const sample = Math.sqrt((m2 * count) / (count - 1));
  // The product uses population moments; the figures on sample deviations follow from its own by scaling what is not the mean.
  const scaled = (figure: number) => ((figure + mean) * sample) / deviation - mean;
  const ours: Readonly<Record<string, number>> = {
    p,
    n: historical.scenarios,
    mean,
    sd_sample: sample,
    sd_pop: deviation,
    skew_moment: skewness ?? 0,
    excess_kurt_moment: excessKurtosis ?? 0,
    VaR_hist_type7: historical.valueAtRisk.total,
    ES_hist_mean_le_q: historical.expectedShortfall.total,
    ES_hist_n: returns.filter((r) => r <= -historical.valueAtRisk.total + 1e-15).length,
    VaR_gauss_popSD: gaussian.valueAtRisk.total,
    VaR_gauss_sampleSD: scaled(gaussian.valueAtRisk.total),
    ES_gauss_popSD: gaussian.expectedShortfall.total,
    ES_gauss_sampleSD: scaled(gaussian.expectedShortfall.total),
    VaR_modified_CF_popSD: modified.valueAtRisk.total,
    z_cf: cornishFisher(p, skewness ?? 0, excessKurtosis ?? 0).quantile,
  };
  return Object.entries(level).map(([key, want]) => [`${name} ${p} ${key}`, ours[key] ?? Number.NaN, want]);
}

const isLevels = (value: unknown): value is Readonly<Record<string, Level>> =>
  typeof value === "object" && value !== null && Object.keys(value).length > 0 && Object.keys(value).every((key) => /^p\d+$/.test(key));
/** What one unit becomes. */
const values = (returns: Float64Array): number[] => {
  let value = 1;
  return [1, ...Array.from(returns, (r) => (value *= 1 + r))];
};

function pairsOf(reference: Reference, matrix: ReturnMatrix): { pairs: Pair[]; unknown: string[] } {
  const n = matrix.symbols.length;
  const weights = matrix.symbols.map(() => 1 / n);
  const columns: Readonly<Record<string, Float64Array | undefined>> = {
    portfolio: portfolioReturns(matrix, weights),
    ...Object.fromEntries(matrix.symbols.map((s, i) => [s, matrix.columns[i]])),
  };
  const unknown: string[] = [];
  const pairs = Object.entries(reference).flatMap(([key, value]): Pair[] => {
    const table = value as readonly (readonly number[])[];
    const record = value as Readonly<Record<string, number>>;
    const column = columns[key];
    const component = /^component_var_gauss(\d+)_popSD$/.exec(key)?.[1];
    const kind = /^correlation_(pearson|spearman|kendall)$/.exec(key)?.[1] as CorrelationKind | undefined;
    const whole = columns.portfolio as Float64Array;
    if (key === "source" || key === "returns_first3") return [];
    if (column && isLevels(value)) return Object.values(value).flatMap((level) => levelPairs(key, column, level));
    if (component) {
      const { parts } = portfolioRisk(matrix, weights, { method: "gaussian", confidence: Number(`0.${component}`) }).valueAtRisk;
      return Object.entries(record).map(([s, want]) => [`component ${s}`, parts.find((part) => part.symbol === s)?.component ?? Number.NaN, want]);
    }
    if (kind) {
      const ours = correlationMatrix(matrix, kind).values;
      return table.flatMap((row, i) => row.map((want, j): Pair => [`${key} ${i},${j}`, ours[i]?.[j] ?? Number.NaN, want]));
    }
    if (key === "covariance_sample") {
      const ours = covarianceMatrix(matrix);
      return table.flatMap((row, i) => row.map((want, j): Pair => [`${key} ${i},${j}`, ours[i * n + j] ?? Number.NaN, want]));
    }
    if (key === "max_drawdown")
      return Object.entries(record).map(([s, want]) => [`${key} ${s}`, -drawdown(values(columns[s] ?? new Float64Array())).max, want]);
    if (key === "sharpe_daily") return [[key, sharpeRatio(whole), value as number]];
    if (/^sharpe_ann\d+$/.test(key)) return [[key, sharpeRatio(whole) * Math.sqrt(Number(key.slice(10))), value as number]];
    if (key === "sortino_daily_mar0") return [[key, sortinoRatio(whole), value as number]];
    unknown.push(key);
    return [];
  });
  return { pairs, unknown };
}

describe.skipIf(files.length === 0)(
  `portfolio risk against R (${files.length === 0 ? "SKIPPED: no reference in SHARED_DATA" : files.join(", ")})`,
  () => {
    it.each(files)("%s: every figure agrees to 1e-9", (file) => {
      const reference = JSON.parse(readFileSync(path.join(folder ?? "", file), "utf8")) as Reference;
      const { pairs, unknown } = pairsOf(reference, returnsOf(reference));
      expect(unknown).toEqual([]);
      expect(pairs.length).toBeGreaterThan(80);
      expect(pairs.filter(([, got, want]) => !near(got, want))).toEqual([]);
      // Control: a return that is off in its sixth digit must show.
      const matrix = returnsOf(reference);
      const [first, ...others] = matrix.columns as [Float64Array, ...Float64Array[]];
      const bent = { ...matrix, columns: [first.map((r, t) => (t === 5 ? r * 1.00001 : r)), ...others] };
      expect(pairsOf(reference, bent).pairs.filter(([, got, want]) => !near(got, want)).length).toBeGreaterThan(20);
    });
  },
);
