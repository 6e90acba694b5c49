/** One line of the result: what was measured, its budget, and whether more or less is better. Without a budget it only informs. */
export type Figure = {
  readonly area: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  readonly budget?: number;
  readonly better?: "less" | "more";
};

/** What one area measures. `brief` wants an answer within seconds; an area that cannot run throws with the reason. */
export type Area = { readonly name: string; readonly measure: (brief: boolean) => Promise<readonly Figure[]> };

/** The value below which the share p (0 to 1) of the samples lies. Throws on no samples. */
export function percentile(samples: readonly number[], p: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
  if (found === undefined) throw new Error("nothing was measured");
  return found;
}

/** Runs `work` `times` times after a tenth of that as warm-up; answers each run's milliseconds. */
export async function timed(times: number, work: (i: number) => unknown): Promise<number[]> {
  const samples: number[] = [];
  const warm = Math.ceil(times / 10);
  for (let i = 0; i < warm + times; i++) {
    const start = performance.now();
    await work(i);
    if (i >= warm) samples.push(performance.now() - start);
  }
  return samples;
}
