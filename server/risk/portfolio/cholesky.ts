import { refuse } from "./refuse";

/** Share of a diagonal element below which a pivot is rounding. */
const ROUNDING = 1e-10;

/**
 * Lower triangular L with L·Lᵀ = the matrix (n × n, row by row). Columns that depend on earlier ones, such as a price that never moves or more
 * markets than returns, get zeros. Throws NOT_POSITIVE_SEMIDEFINITE when no such L exists: these numbers are no covariances of anything.
 */
export function cholesky(matrix: Float64Array, n: number): Float64Array {
  const lower = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const diagonal = matrix[j * n + j] as number;
    const pivot = diagonal - dot(lower, j * n, j * n, j);
    if (!(pivot >= -1e-8 * Math.abs(diagonal) && diagonal >= 0)) throw impossible(j);
    const root = pivot > ROUNDING * diagonal ? Math.sqrt(pivot) : 0;
    lower[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      const rest = (matrix[i * n + j] as number) - dot(lower, i * n, j * n, j);
      if (root > 0) lower[i * n + j] = rest / root;
      else if (!(Math.abs(rest) <= 1e-4 * Math.sqrt(diagonal * (matrix[i * n + i] as number)))) throw impossible(i);
    }
  }
  return lower;
}

const impossible = (row: number): Error =>
  refuse("NOT_POSITIVE_SEMIDEFINITE", `row ${row + 1} contradicts the rows before it: these are no covariances`, "covariance", { row });

/** Σ of the first `count` products of two rows that begin at a and b. */
function dot(rows: Float64Array, a: number, b: number, count: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  for (; k + 3 < count; k += 4) {
    s0 += (rows[a + k] as number) * (rows[b + k] as number);
    s1 += (rows[a + k + 1] as number) * (rows[b + k + 1] as number);
    s2 += (rows[a + k + 2] as number) * (rows[b + k + 2] as number);
    s3 += (rows[a + k + 3] as number) * (rows[b + k + 3] as number);
  }
  for (; k < count; k++) s0 += (rows[a + k] as number) * (rows[b + k] as number);
  return s0 + s1 + (s2 + s3);
}
