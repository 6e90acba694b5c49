import { checkReturns } from "./refuse";
import type { ReturnMatrix } from "./return-matrix";

export type CorrelationKind = "pearson" | "spearman" | "kendall";

/** Correlations, row by row; null where a market never moved (`constant`), for then there is none. Its own diagonal included. */
export type CorrelationMatrix = {
  readonly symbols: readonly string[];
  readonly values: readonly (readonly (number | null)[])[];
  readonly constant: readonly string[];
};

/**
 * Correlation of every pair of columns: Pearson, Spearman (Pearson of mean ranks) or Kendall's tau-b; as R `cor`. Kendall compares all pairs of
 * returns, quadratic in their number. Throws TOO_FEW_RETURNS, NOT_A_NUMBER.
 */
export function correlationMatrix(matrix: ReturnMatrix, kind: CorrelationKind = "pearson"): CorrelationMatrix {
  const { symbols, columns } = matrix;
  columns.forEach((column, i) => {
    checkReturns(column, symbols[i]);
  });
  const constant = symbols.filter((_, i) => columns[i]?.every((r) => r === columns[i]?.[0]));
  const used = kind === "spearman" ? columns.map(ranks) : columns;
  const measure = kind === "kendall" ? kendall : pearson;
  const values: (number | null)[][] = symbols.map(() => []);
  symbols.forEach((left, i) => {
    for (let j = 0; j <= i; j++) {
      const undefinedHere = constant.includes(left) || constant.includes(symbols[j] ?? "");
      const value = undefinedHere ? null : i === j ? 1 : measure(used[i] as Float64Array, used[j] as Float64Array);
      (values[i] as (number | null)[])[j] = value;
      (values[j] as (number | null)[])[i] = value;
    }
  });
  return { symbols, values, constant };
}

function pearson(a: Float64Array, b: Float64Array): number {
  const n = a.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [aa, bb, ab] = [0, 0, 0];
  for (let t = 0; t < n; t++) {
    const x = (a[t] as number) - meanA;
    const y = (b[t] as number) - meanB;
    aa += x * x;
    bb += y * y;
    ab += x * y;
  }
  return Math.max(-1, Math.min(1, ab / Math.sqrt(aa) / Math.sqrt(bb)));
}

function mean(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranks(values: Float64Array): Float64Array {
  const order = Array.from(values, (value, i) => ({ value, i })).sort((x, y) => x.value - y.value);
  const out = new Float64Array(values.length);
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && order[to]?.value === order[from]?.value) to++;
    for (let k = from; k < to; k++) out[order[k]?.i ?? 0] = (from + to + 1) / 2;
    from = to;
  }
  return out;
}

/** Kendall's tau-b: (concordant − discordant) / √(pairs untied in a × pairs untied in b). */
function kendall(a: Float64Array, b: Float64Array): number {
  let [score, untiedA, untiedB] = [0, 0, 0];
  for (let i = 1; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const x = Math.sign((a[i] as number) - (a[j] as number));
      const y = Math.sign((b[i] as number) - (b[j] as number));
      score += x * y;
      untiedA += x * x;
      untiedB += y * y;
    }
  }
  return score / Math.sqrt(untiedA) / Math.sqrt(untiedB);
}
