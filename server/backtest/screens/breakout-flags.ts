import type { Columns } from "./columns";
import { MAY_ENTER, MAY_EXIT, SURE_ENTER, SURE_EXIT } from "./screen";

/** What BreakoutScreen says after each bar, from rolling extremes over whole columns. Exact: comparisons only. */
export function breakoutFlags(bars: Columns, params: Readonly<Record<string, number>>): Uint8Array {
  const { entryBars = 0, exitBars = 0 } = params;
  const { close, length } = bars;
  const flags = new Uint8Array(length);
  const ceiling = rollingExtreme(bars.high, entryBars, 1);
  const floor = rollingExtreme(bars.low, exitBars, -1);
  for (let i = Math.max(entryBars, exitBars); i < length; i++) {
    const c = close[i] as number;
    flags[i] = (c > (ceiling[i - 1] as number) ? MAY_ENTER | SURE_ENTER : 0) | (c < (floor[i - 1] as number) ? MAY_EXIT | SURE_EXIT : 0);
  }
  return flags;
}

/**
 * Largest (sign 1) or smallest (sign −1) of the last `period` values, from `period` values on (van Herk, 1992; Gil & Werman, 1993): in blocks of
 * `period` the extreme from the block's beginning and the extreme to its end; a window is the end of one block and the beginning of the next.
 */
function rollingExtreme(values: Float64Array, period: number, sign: 1 | -1): Float64Array {
  const n = values.length;
  const toEnd = new Float64Array(n);
  const out = new Float64Array(n);
  for (let start = 0; start < n; start += period) {
    const end = Math.min(n, start + period);
    let best = Number.NEGATIVE_INFINITY;
    for (let i = end - 1; i >= start; i--) {
      best = Math.max(best, sign * (values[i] as number));
      toEnd[i] = best;
    }
    best = Number.NEGATIVE_INFINITY;
    for (let i = start; i < end; i++) {
      best = Math.max(best, sign * (values[i] as number));
      const first = i - period + 1;
      const earlier = first >= 0 ? (toEnd[first] as number) : best;
      out[i] = sign * Math.max(earlier, best);
    }
  }
  return out;
}
