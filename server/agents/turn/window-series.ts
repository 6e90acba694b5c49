import { SlidingMemo } from "./sliding-memo";
import type { Window } from "./window-hash";

/** A window as columns of floats, for indicators only. */
export type Series = { readonly high: readonly number[]; readonly low: readonly number[]; readonly close: readonly number[] };

const bars = new SlidingMemo<Window[number], readonly [high: number, low: number, close: number]>((row) => [
  Number(row[2]),
  Number(row[3]),
  Number(row[4]),
]);

/** Parses each row once, however many windows it is part of. */
export function windowSeries(window: Window): Series {
  const [high = [], low = [], close = []] = bars.columns(window);
  return { high, low, close };
}
