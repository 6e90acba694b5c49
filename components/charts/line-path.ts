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

export const linePath = (values: readonly number[], scale: Scale): string =>
  values.map((v, i) => `${i === 0 ? "M" : "L"}${scale.x(i).toFixed(1)} ${scale.y(v).toFixed(1)}`).join("");

/** Four to six round values between two bounds. */
export function roundTicks(min: number, max: number): number[] {
  const rough = (max - min) / 4;
  const power = 10 ** Math.floor(Math.log10(rough || 1));
  const step = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= rough) ?? power;
  const ticks: number[] = [];
  for (let v = Math.ceil(min / step) * step; v <= max; v += step) ticks.push(v);
  return ticks;
}
