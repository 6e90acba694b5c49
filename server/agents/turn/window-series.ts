import type { Window } from "./window-hash";

/** A window as arrays of floats, for indicators only. */
export type Series = {
  readonly openTime: readonly number[];
  readonly high: readonly number[];
  readonly low: readonly number[];
  readonly close: readonly number[];
};

type Bar = readonly [openTime: number, high: number, low: number, close: number];
const bars = new WeakMap<Window[number], Bar>();
const seriesOf = new WeakMap<Window, Series>();

/** Parses each row once, however many windows it is part of. */
export function windowSeries(window: Window): Series {
  const before = seriesOf.get(window);
  if (before) return before;
  const n = window.length;
  const s = { openTime: new Array<number>(n), high: new Array<number>(n), low: new Array<number>(n), close: new Array<number>(n) };
  window.forEach((row, i) => {
    let bar = bars.get(row);
    if (!bar) {
      bar = [row[0], Number(row[2]), Number(row[3]), Number(row[4])];
      bars.set(row, bar);
    }
    [s.openTime[i], s.high[i], s.low[i], s.close[i]] = bar;
  });
  seriesOf.set(window, s);
  return s;
}
