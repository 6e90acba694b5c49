import type { ReturnMatrix } from "./return-matrix";

/** Sample covariance (divided by n − 1) of all columns, row by row; symmetric. */
export function covarianceMatrix({ columns, count }: ReturnMatrix): Float64Array {
  const n = columns.length;
  const out = new Float64Array(n * n);
  const centred = columns.map(centre);
  for (let i = 0; i < n; i++) {
    const a = centred[i] as Float64Array;
    for (let j = 0; j <= i; j++) {
      const b = centred[j] as Float64Array;
      // Four sums at once: a single one would wait for each addition to end.
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      let t = 0;
      for (; t + 3 < count; t += 4) {
        s0 += (a[t] as number) * (b[t] as number);
        s1 += (a[t + 1] as number) * (b[t + 1] as number);
        s2 += (a[t + 2] as number) * (b[t + 2] as number);
        s3 += (a[t + 3] as number) * (b[t + 3] as number);
      }
      for (; t < count; t++) s0 += (a[t] as number) * (b[t] as number);
      const value = (s0 + s1 + (s2 + s3)) / (count - 1);
      out[i * n + j] = value;
      out[j * n + i] = value;
    }
  }
  return out;
}

/** A column's distances from its mean; exactly zero where all its numbers are equal. */
function centre(column: Float64Array): Float64Array {
  const near = column[0] as number;
  let total = 0;
  for (let t = 0; t < column.length; t++) total += (column[t] as number) - near;
  const shift = total / column.length;
  const out = new Float64Array(column.length);
  for (let t = 0; t < column.length; t++) out[t] = (column[t] as number) - near - shift;
  return out;
}
