import type { ReturnMatrix } from "./return-matrix";

/** Rows taken at a time: two hundred columns of as many numbers stay in a core's own cache. */
const TILE = 128;

/** Sample covariance (divided by n − 1) of all columns, row by row; symmetric. Distances from the means are exactly zero in a constant column. */
export function covarianceMatrix({ columns, count }: ReturnMatrix): Float64Array {
  const n = columns.length;
  const wide = n + (n % 2);
  const centred = new Float64Array(wide * count);
  for (const [k, column] of columns.entries()) centre(column, centred, k * count);
  const sums = new Float64Array(wide * wide);
  for (let from = 0; from < count; from += TILE) {
    const rows = Math.min(TILE, count - from);
    for (let i = 0; i < wide; i += 2)
      for (let j = 0; j <= i; j += 2) addProducts(centred, i * count + from, j * count + from, count, rows, sums, i * wide + j, wide);
  }
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = (sums[i * wide + j] as number) / (count - 1);
      out[i * n + j] = value;
      out[j * n + i] = value;
    }
  }
  return out;
}

/** Adds the products of columns a, a + 1 with columns b, b + 1: each number that is loaded serves twice, and no sum waits for another. */
function addProducts(x: Float64Array, a: number, b: number, stride: number, rows: number, sums: Float64Array, at: number, wide: number): void {
  let s00 = 0;
  let s01 = 0;
  let s10 = 0;
  let s11 = 0;
  for (let t = 0; t < rows; t++) {
    const a0 = x[a + t] as number;
    const a1 = x[a + stride + t] as number;
    const b0 = x[b + t] as number;
    const b1 = x[b + stride + t] as number;
    s00 += a0 * b0;
    s01 += a0 * b1;
    s10 += a1 * b0;
    s11 += a1 * b1;
  }
  sums[at] = (sums[at] as number) + s00;
  sums[at + 1] = (sums[at + 1] as number) + s01;
  sums[at + wide] = (sums[at + wide] as number) + s10;
  sums[at + wide + 1] = (sums[at + wide + 1] as number) + s11;
}

/** Writes a column's distances from its mean. */
function centre(column: Float64Array, out: Float64Array, at: number): void {
  const near = column[0] as number;
  let total = 0;
  for (let t = 0; t < column.length; t++) total += (column[t] as number) - near;
  const shift = total / column.length;
  for (let t = 0; t < column.length; t++) out[at + t] = (column[t] as number) - near - shift;
}
