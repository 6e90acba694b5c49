export type Bin = { readonly from: number; readonly to: number; readonly count: number };

/** About twelve bins of equal, round width with an edge at zero, so that no bin mixes gains and losses. */
export function binsOf(values: readonly number[], wanted = 12): readonly Bin[] {
  if (values.length === 0) return [];
  const low = Math.min(0, ...values);
  const high = Math.max(0, ...values);
  // No finer than a basis point: what lies within one is the same trade result.
  const rough = Math.max((high - low) / wanted, 0.0001);
  const power = 10 ** Math.floor(Math.log10(rough));
  const width = [1, 2, 2.5, 5, 10].map((m) => m * power).find((w) => w >= rough) ?? rough;
  const first = Math.floor(low / width + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / width - 1e-9), Math.floor(Math.max(...values) / width + 1e-9) + 1);
  const counts = Array.from({ length: last - first }, () => 0);
  for (const v of values) {
    // Zero itself is no loss: it stands right of the edge.
    const place = Math.min(counts.length - 1, Math.max(0, Math.floor(v / width + 1e-9) - first));
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts.map((count, i) => ({ from: (first + i) * width, to: (first + i + 1) * width, count }));
}
