/** Pixels of a series in a box; for drawing only. */
export type Scale = { readonly x: (i: number) => number; readonly y: (v: number) => number; readonly min: number; readonly max: number };

export function scaleFor(series: readonly (readonly number[])[], width: number, height: number, pad = 4): Scale {
  const all = series.flat();
  const low = Math.min(...all);
  const high = Math.max(...all);
  const room = high - low || Math.abs(high) * 0.01 || 1;
  const min = low - room * 0.06;
  const max = high + room * 0.06;
  const count = Math.max(...series.map((s) => s.length), 2);
  return { x: (i) => (i / (count - 1)) * width, y: (v) => pad + (1 - (v - min) / (max - min)) * (height - 2 * pad), min, max };
}

/** `broken`: indices before which nothing is known; the line starts anew there. */
export const linePath = (values: readonly number[], scale: Scale, broken?: ReadonlySet<number>): string =>
  values.map((v, i) => `${i === 0 || broken?.has(i) ? "M" : "L"}${scale.x(i).toFixed(1)} ${scale.y(v).toFixed(1)}`).join("");

/** Places in pixels of instants (ms, ascending) between the first and the last. */
export function timeScale(
  times: readonly number[],
  width: number,
): { readonly x: (i: number) => number; readonly nearest: (share: number) => number } {
  const first = times[0] ?? 0;
  const span = (times.at(-1) ?? first) - first || 1;
  const distance = (i: number, t: number): number => Math.abs((times[i] ?? first) - t);
  return {
    x: (i) => (((times[i] ?? first) - first) / span) * width,
    nearest: (share) => {
      const t = first + Math.max(0, Math.min(1, share)) * span;
      return times.reduce((best, _, i) => (distance(i, t) < distance(best, t) ? i : best), 0);
    },
  };
}

/** Indices that come after a gap: more than three times as long as the steps on both sides of it. */
export function gapsIn(times: readonly number[]): ReadonlySet<number> {
  const step = (i: number): number => (times[i] ?? Number.NaN) - (times[i - 1] ?? Number.NaN);
  const gaps = new Set<number>();
  for (let i = 1; i < times.length; i++) {
    const around = [step(i - 1), step(i + 1)].filter((d) => !Number.isNaN(d));
    if (around.length > 0 && step(i) > 3 * Math.max(...around)) gaps.add(i);
  }
  return gaps;
}

/** Four to six round values between two bounds. */
export function roundTicks(min: number, max: number): number[] {
  const rough = (max - min) / 4;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? power;
  const ticks: number[] = [];
  for (let v = Math.ceil(min / step) * step; v <= max; v += step) ticks.push(v);
  return ticks;
}
