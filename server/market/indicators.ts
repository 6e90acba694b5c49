/**
 * Indicators over whole series, for statistics and rules only (floats). Every function answers an array as long as its
 * input, NaN where there are not yet enough values. Conventions are TA-Lib's and TTR's: EMA starts from the simple
 * average of its first `period` values; RSI and ATR use Wilder's smoothing; Bollinger bands use the population deviation.
 */

/** Simple moving average. Each window is summed anew: a running total would drift. */
export function sma(values: readonly number[], period: number): number[] {
  const out = new Array<number>(values.length).fill(Number.NaN);
  for (let i = period - 1; i < values.length; i++) {
    let total = 0;
    for (let j = i - period + 1; j <= i; j++) total += values[j] as number;
    out[i] = total / period;
  }
  return out;
}

/** Exponential moving average, alpha = 2 / (period + 1). */
export function ema(values: readonly number[], period: number): number[] {
  return smooth(values, period, 2 / (period + 1), 0);
}

/** Relative strength index, 0 to 100; 50 when nothing has moved. */
export function rsi(values: readonly number[], period: number): number[] {
  const gains = new Array<number>(values.length).fill(0);
  const losses = new Array<number>(values.length).fill(0);
  for (let i = 1; i < values.length; i++) {
    const change = (values[i] as number) - (values[i - 1] as number);
    if (change > 0) gains[i] = change;
    else losses[i] = -change;
  }
  const up = smooth(gains, period, 1 / period, 1);
  const down = smooth(losses, period, 1 / period, 1);
  return up.map((u, i) => {
    const d = down[i] as number;
    return Number.isNaN(u) ? Number.NaN : u + d === 0 ? 50 : (100 * u) / (u + d);
  });
}

/** Average true range in price units. */
export function atr(high: readonly number[], low: readonly number[], close: readonly number[], period: number): number[] {
  const range = high.map((h, i) => {
    const l = low[i] as number;
    if (i === 0) return h - l;
    const c = close[i - 1] as number;
    return Math.max(h, c) - Math.min(l, c);
  });
  return smooth(range, period, 1 / period, 1);
}

export type Bands = { readonly lower: number[]; readonly middle: number[]; readonly upper: number[] };

/** Bollinger bands: simple average ± `width` population standard deviations. */
export function bollinger(values: readonly number[], period: number, width: number): Bands {
  const middle = sma(values, period);
  const deviation = middle.map((m, i) => {
    if (Number.isNaN(m)) return Number.NaN;
    let squares = 0;
    for (let j = i - period + 1; j <= i; j++) squares += ((values[j] as number) - m) ** 2;
    return Math.sqrt(squares / period);
  });
  return {
    lower: middle.map((m, i) => m - width * (deviation[i] as number)),
    middle,
    upper: middle.map((m, i) => m + width * (deviation[i] as number)),
  };
}

/** `from`: index of the first real value (1 for series of changes). The first answer is the simple average of `period` values. */
function smooth(values: readonly number[], period: number, alpha: number, from: number): number[] {
  const out = new Array<number>(values.length).fill(Number.NaN);
  const first = from + period - 1;
  if (first >= values.length) return out;
  let current = 0;
  for (let i = from; i <= first; i++) current += values[i] as number;
  current /= period;
  out[first] = current;
  for (let i = first + 1; i < values.length; i++) {
    current += alpha * ((values[i] as number) - current);
    out[i] = current;
  }
  return out;
}
