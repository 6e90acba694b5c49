/**
 * Indicators over whole series, for statistics and rules only (floats). Every function answers an array as long as its
 * input, NaN where there are not yet enough values. Conventions are TA-Lib's and TTR's: EMA starts from the simple
 * average of its first `period` values; RSI and ATR use Wilder's smoothing; Bollinger bands use the population deviation.
 */

/** A column of numbers: plain or typed array. */
export type Column = ArrayLike<number>;

/** Running sums are started anew this often, so that rounding cannot pile up. */
const FRESH_EVERY = 256;

/** Simple moving average. */
export function sma(values: Column, period: number): number[] {
  const n = values.length;
  const out = blank(n, period - 1);
  for (let from = period - 1; from < n; from += FRESH_EVERY) {
    let total = 0;
    for (let j = from - period + 1; j < from; j++) total += values[j] as number;
    const end = Math.min(n, from + FRESH_EVERY);
    for (let i = from; i < end; i++) {
      total += values[i] as number;
      out[i] = total / period;
      total -= values[i - period + 1] as number;
    }
  }
  return out;
}

/** Exponential moving average, alpha = 2 / (period + 1). */
export function ema(values: Column, period: number): number[] {
  const n = values.length;
  const out = blank(n, period - 1);
  const alpha = 2 / (period + 1);
  let current = 0;
  for (let i = 0; i < n; i++) {
    if (i < period) {
      current += values[i] as number;
      if (i < period - 1) continue;
      current /= period;
    } else current += alpha * ((values[i] as number) - current);
    out[i] = current;
  }
  return out;
}

/** Relative strength index, 0 to 100; 50 when nothing has moved. */
export function rsi(values: Column, period: number): number[] {
  const n = values.length;
  const out = blank(n, period);
  let up = 0;
  let down = 0;
  let before = values[0] as number;
  for (let i = 1; i < n; i++) {
    const now = values[i] as number;
    const change = now - before;
    before = now;
    const gain = Math.max(change, 0);
    const loss = change < 0 ? -change : 0;
    if (i <= period) {
      up += gain;
      down += loss;
      if (i < period) continue;
      up /= period;
      down /= period;
    } else {
      up += (gain - up) / period;
      down += (loss - down) / period;
    }
    out[i] = up + down === 0 ? 50 : (100 * up) / (up + down);
  }
  return out;
}

/** Average true range in price units; the first bar has no close before it and so no true range. */
export function atr(high: Column, low: Column, close: Column, period: number): number[] {
  const n = high.length;
  const out = blank(n, period);
  let current = 0;
  for (let i = 1; i < n; i++) {
    const h = high[i] as number;
    const l = low[i] as number;
    const c = close[i - 1] as number;
    const range = Math.max(h, c) - Math.min(l, c);
    if (i <= period) {
      current += range;
      if (i < period) continue;
      current /= period;
    } else current += (range - current) / period;
    out[i] = current;
  }
  return out;
}

export type Bands = { readonly lower: number[]; readonly middle: number[]; readonly upper: number[] };

/**
 * Bollinger bands: simple average ± `width` population standard deviations. Sums run over distances from a price nearby
 * (chosen anew every few hundred bars), since sums of squared prices would cancel each other's digits away.
 */
export function bollinger(values: Column, period: number, width: number): Bands {
  const n = values.length;
  const [lower, middle, upper] = [blank(n, period - 1), blank(n, period - 1), blank(n, period - 1)];
  for (let from = period - 1; from < n; from += FRESH_EVERY) {
    const near = values[from] as number;
    let total = 0;
    let squares = 0;
    for (let j = from - period + 1; j < from; j++) {
      const d = (values[j] as number) - near;
      total += d;
      squares += d * d;
    }
    const end = Math.min(n, from + FRESH_EVERY);
    for (let i = from; i < end; i++) {
      const d = (values[i] as number) - near;
      total += d;
      squares += d * d;
      const mean = total / period;
      const variance = squares / period - mean * mean;
      const reach = variance > 0 ? width * Math.sqrt(variance) : 0;
      const centre = near + mean;
      lower[i] = centre - reach;
      middle[i] = centre;
      upper[i] = centre + reach;
      const old = (values[i - period + 1] as number) - near;
      total -= old;
      squares -= old * old;
    }
  }
  return { lower, middle, upper };
}

/**
 * As long as the series, NaN at its first places; the caller writes the others. A plain array: the two hundred numbers of a decision's
 * window are made many times a second, and a typed array of that size costs ten times as much to allocate.
 */
function blank(n: number, empty: number): number[] {
  const out = new Array<number>(n);
  for (let i = 0; i < empty && i < n; i++) out[i] = Number.NaN;
  return out;
}
