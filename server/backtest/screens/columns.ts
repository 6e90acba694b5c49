import type { Candle } from "@/server/market";
import { toNumber } from "@/server/shared";

/** Bars as columns of floats, the same numbers that a rule makes of their texts. For screens and statistics, never for money. */
export type Columns = {
  readonly length: number;
  readonly openTime: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
};

const known = new WeakMap<readonly Candle[], Columns>();

/** Made once per list of bars. */
export function columnsOf(candles: readonly Candle[]): Columns {
  let columns = known.get(candles);
  if (!columns) {
    const column = (pick: (c: Candle) => number): Float64Array => Float64Array.from(candles, pick);
    columns = {
      length: candles.length,
      openTime: column((c) => c.openTime),
      open: column((c) => toNumber(c.open)),
      high: column((c) => toNumber(c.high)),
      low: column((c) => toNumber(c.low)),
      close: column((c) => toNumber(c.close)),
    };
    known.set(candles, columns);
  }
  return columns;
}
