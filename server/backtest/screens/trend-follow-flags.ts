import { CONTEXT_BARS } from "@/server/agents";
import type { Columns } from "./columns";
import { GUARD, MAY_ENTER, MAY_EXIT, REACH_FADE, SURE_ENTER, SURE_EXIT } from "./screen";

/** Sums are made anew this often: rounding never piles up. */
const BLOCK = 1_024;
/** Places of a ring that holds more than a window; a power of two, so that a place is found by a mask. */
const RING = 256;
const MASK = RING - 1;

/**
 * What TrendFollowScreen says after each bar, worked out in one pass over the columns with nothing but local numbers: the first windows with
 * questions about what is warm, all others without.
 */
export function trendFollowFlags(bars: Columns, params: Readonly<Record<string, number>>): Uint8Array {
  const { fast = 0, slow = 0, atrPeriod = 0, entryAtr = 0 } = params;
  const { high, low, close, length } = bars;
  const flags = new Uint8Array(length);
  const fastDelta = new Float64Array(RING);
  const slowDelta = new Float64Array(RING);
  const rangeDelta = new Float64Array(RING);
  const ranges = new Float64Array(RING);
  const [fastAlpha, slowAlpha, rangeAlpha] = [2 / (fast + 1), 2 / (slow + 1), 1 / atrPeriod];
  const [fastLag, slowLag, rangeLag] = [CONTEXT_BARS - fast, CONTEXT_BARS - slow, CONTEXT_BARS - 1 - atrPeriod];
  const [fastFade, slowFade, rangeFade] = [(1 - fastAlpha) ** fastLag, (1 - slowAlpha) ** slowLag, (1 - rangeAlpha) ** rangeLag];
  const [fastShare, slowShare, rangeShare] = [1 / fast, 1 / slow, 1 / atrPeriod];
  const margin = GUARD * (1 + entryAtr);
  const warm = Math.max(slow - 1, atrPeriod);
  let fastSum = 0.5;
  let slowSum = 0.5;
  let rangeSum = 0.5;
  let fastNow = 0.5;
  let slowNow = 0.5;
  let rangeNow = 0.5;
  let reach = 0.5;
  // Set again at once: numbers that begin as fractions are kept as floats throughout.
  fastSum = slowSum = rangeSum = reach = 0;
  const begin = Math.min(RING, length);
  for (let i = 0; i < begin; i++) {
    const c = close[i] as number;
    reach = Math.max(high[i] as number, reach * REACH_FADE);
    fastSum += i >= fast ? c - (close[i - fast] as number) : c;
    slowSum += i >= slow ? c - (close[i - slow] as number) : c;
    fastNow = i >= fast ? fastNow + fastAlpha * (c - fastNow) : fastSum * fastShare;
    slowNow = i >= slow ? slowNow + slowAlpha * (c - slowNow) : slowSum * slowShare;
    // Before an average has begun there is nothing to make up for.
    fastDelta[i] = i >= fast ? fastSum * fastShare - fastNow : 0;
    slowDelta[i] = i >= slow ? slowSum * slowShare - slowNow : 0;
    if (i === 0) continue;
    const before = close[i - 1] as number;
    // The first bar has no range: places are counted from the second.
    const range = Math.max(high[i] as number, before) - Math.min(low[i] as number, before);
    rangeSum += i > atrPeriod ? range - (ranges[i - atrPeriod] as number) : range;
    ranges[i] = range;
    rangeNow = i > atrPeriod ? rangeNow + rangeAlpha * (range - rangeNow) : rangeSum * rangeShare;
    rangeDelta[i] = i > atrPeriod ? rangeSum * rangeShare - rangeNow : 0;
    if (i < warm) continue;
    const lead =
      fastNow -
      slowNow +
      (i >= fastLag ? fastFade * (fastDelta[i - fastLag] as number) : 0) -
      (i >= slowLag ? slowFade * (slowDelta[i - slowLag] as number) : 0);
    const r = rangeNow + (i >= rangeLag ? rangeFade * (rangeDelta[i - rangeLag] as number) : 0);
    flags[i] = flagOf(lead, lead - entryAtr * r, r, margin * reach);
  }
  for (let start = begin; start < length; start += BLOCK) {
    const end = Math.min(length, start + BLOCK);
    fastSum = slowSum = rangeSum = 0;
    for (let i = start - fast; i < start; i++) fastSum += close[i] as number;
    for (let i = start - slow; i < start; i++) slowSum += close[i] as number;
    for (let i = start - atrPeriod; i < start; i++) rangeSum += ranges[i & MASK] as number;
    let before = close[start - 1] as number;
    for (let i = start; i < end; i++) {
      const c = close[i] as number;
      const h = high[i] as number;
      const range = Math.max(h, before) - Math.min(low[i] as number, before);
      before = c;
      reach = Math.max(h, reach * REACH_FADE);
      fastSum += c - (close[i - fast] as number);
      slowSum += c - (close[i - slow] as number);
      rangeSum += range - (ranges[(i - atrPeriod) & MASK] as number);
      ranges[i & MASK] = range;
      fastNow += fastAlpha * (c - fastNow);
      slowNow += slowAlpha * (c - slowNow);
      rangeNow += rangeAlpha * (range - rangeNow);
      fastDelta[i & MASK] = fastSum * fastShare - fastNow;
      slowDelta[i & MASK] = slowSum * slowShare - slowNow;
      rangeDelta[i & MASK] = rangeSum * rangeShare - rangeNow;
      const lead =
        fastNow - slowNow + fastFade * (fastDelta[(i - fastLag) & MASK] as number) - slowFade * (slowDelta[(i - slowLag) & MASK] as number);
      const r = rangeNow + rangeFade * (rangeDelta[(i - rangeLag) & MASK] as number);
      flags[i] = flagOf(lead, lead - entryAtr * r, r, margin * reach);
    }
  }
  return flags;
}

function flagOf(lead: number, above: number, range: number, guard: number): number {
  const enter = above > guard && range > guard ? MAY_ENTER | SURE_ENTER : above > -guard ? MAY_ENTER : 0;
  return enter | (lead < -guard ? MAY_EXIT | SURE_EXIT : lead < guard ? MAY_EXIT : 0);
}
