import { CONTEXT_BARS } from "@/server/agents";
import type { Columns } from "./columns";
import { GUARD, MAY_ENTER, MAY_EXIT, REACH_FADE, SURE_ENTER, SURE_EXIT } from "./screen";

/** Sums are made anew this often: rounding never piles up. */
const BLOCK = 1_024;
/** Places of a ring that holds more than a window; a power of two, so that a place is found by a mask. */
const RING = 256;
const MASK = RING - 1;

/** What TrendFollowScreen says after each bar, worked out in one pass over the columns with nothing but local numbers. */
export function trendFollowFlags(bars: Columns, params: Readonly<Record<string, number>>): Uint8Array {
  const { fast = 0, slow = 0, atrPeriod = 0, entryAtr = 0 } = params;
  const { high, low, close, length } = bars;
  const flags = new Uint8Array(length);
  const [fastDelta, slowDelta, rangeDelta] = [new Float64Array(RING), new Float64Array(RING), new Float64Array(RING)];
  const ranges = new Float64Array(RING);
  const [fastAlpha, slowAlpha, rangeAlpha] = [2 / (fast + 1), 2 / (slow + 1), 1 / atrPeriod];
  const [fastLag, slowLag, rangeLag] = [CONTEXT_BARS - fast, CONTEXT_BARS - slow, CONTEXT_BARS - 1 - atrPeriod];
  const [fastFade, slowFade, rangeFade] = [(1 - fastAlpha) ** fastLag, (1 - slowAlpha) ** slowLag, (1 - rangeAlpha) ** rangeLag];
  const warm = Math.max(slow - 1, atrPeriod);
  let [fastSum, slowSum, rangeSum, fastNow, slowNow, rangeNow, reach] = [0, 0, 0, 0, 0, 0, 0];
  for (let start = 0; start < length; start += BLOCK) {
    const end = Math.min(length, start + BLOCK);
    if (start > 0) {
      [fastSum, slowSum, rangeSum] = [0, 0, 0];
      for (let i = start - fast; i < start; i++) fastSum += close[i] as number;
      for (let i = start - slow; i < start; i++) slowSum += close[i] as number;
      for (let i = start - atrPeriod; i < start; i++) rangeSum += ranges[i & MASK] as number;
    }
    for (let i = start; i < end; i++) {
      const c = close[i] as number;
      const h = high[i] as number;
      reach = h > reach * REACH_FADE ? h : reach * REACH_FADE;
      fastSum += i >= fast ? c - (close[i - fast] as number) : c;
      slowSum += i >= slow ? c - (close[i - slow] as number) : c;
      if (i >= fast) fastNow += fastAlpha * (c - fastNow);
      else if (i === fast - 1) fastNow = fastSum / fast;
      if (i >= slow) slowNow += slowAlpha * (c - slowNow);
      else if (i === slow - 1) slowNow = slowSum / slow;
      if (i >= fast - 1) fastDelta[i & MASK] = fastSum / fast - fastNow;
      if (i >= slow - 1) slowDelta[i & MASK] = slowSum / slow - slowNow;
      if (i === 0) continue;
      const before = close[i - 1] as number;
      const l = low[i] as number;
      const range = (h > before ? h : before) - (l < before ? l : before);
      // The first bar has no range: places are counted from the second.
      rangeSum += i > atrPeriod ? range - (ranges[(i - atrPeriod) & MASK] as number) : range;
      ranges[i & MASK] = range;
      if (i > atrPeriod) rangeNow += rangeAlpha * (range - rangeNow);
      else if (i === atrPeriod) rangeNow = rangeSum / atrPeriod;
      if (i >= atrPeriod) rangeDelta[i & MASK] = rangeSum / atrPeriod - rangeNow;
      if (i < warm) continue;
      const f = fastNow + (i >= fastLag ? fastFade * (fastDelta[(i - fastLag) & MASK] as number) : 0);
      const s = slowNow + (i >= slowLag ? slowFade * (slowDelta[(i - slowLag) & MASK] as number) : 0);
      const r = rangeNow + (i >= rangeLag ? rangeFade * (rangeDelta[(i - rangeLag) & MASK] as number) : 0);
      const guard = GUARD * (1 + entryAtr) * reach;
      const lead = f - s;
      const above = lead - entryAtr * r;
      const enter = above > guard && r > guard ? MAY_ENTER | SURE_ENTER : above > -guard ? MAY_ENTER : 0;
      flags[i] = enter | (lead < -guard ? MAY_EXIT | SURE_EXIT : lead < guard ? MAY_EXIT : 0);
    }
  }
  return flags;
}
