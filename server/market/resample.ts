import { add, DomainError, type Fixed } from "@/server/shared";
import type { Candle } from "./types";

/**
 * Coarser bars from base bars (oldest first). A coarse bar with a base bar missing is left out and its open time reported,
 * the first and the last one included. Throws INVALID_INTERVAL when the target is no multiple of the base (both in ms).
 */
export function resample(
  base: readonly Candle[],
  baseMs: number,
  targetMs: number,
): { readonly candles: readonly Candle[]; readonly incomplete: readonly number[] } {
  if (targetMs < baseMs || targetMs % baseMs !== 0) throw new DomainError("INVALID_INTERVAL", "the coarser interval must be a multiple of the finer");
  if (targetMs === baseMs) return { candles: base, incomplete: [] };
  const perBar = targetMs / baseMs;
  const candles: Candle[] = [];
  const incomplete: number[] = [];
  for (let i = 0; i < base.length; ) {
    const openTime = Math.floor((base[i] as Candle).openTime / targetMs) * targetMs;
    let end = i;
    while (end < base.length && (base[end] as Candle).openTime < openTime + targetMs) end++;
    if (end - i === perBar) candles.push(merge(base.slice(i, end), openTime));
    else incomplete.push(openTime);
    i = end;
  }
  return { candles, incomplete };
}

function merge(bars: readonly Candle[], openTime: number): Candle {
  const [first, last] = [bars[0] as Candle, bars[bars.length - 1] as Candle];
  let { high, low } = first;
  let volume = 0n as Fixed;
  for (const b of bars) {
    if (b.high > high) high = b.high;
    if (b.low < low) low = b.low;
    volume = add(volume, b.volume);
  }
  return { openTime, open: first.open, high, low, close: last.close, volume };
}
