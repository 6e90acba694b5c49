import { toText } from "@/server/shared";
import type { Candle } from "./types";

/** A bar as recorded in a turn: [openTime, open, high, low, close, volume], decimals as text. */
export type CandleRow = readonly [number, string, string, string, string, string];

const known = new WeakMap<Candle, CandleRow>();

/** The row of a candle; made once per candle object, because a backtest shows each bar hundreds of times. */
export function candleRow(candle: Candle): CandleRow {
  let row = known.get(candle);
  if (!row) {
    row = [candle.openTime, toText(candle.open), toText(candle.high), toText(candle.low), toText(candle.close), toText(candle.volume)];
    known.set(candle, row);
  }
  return row;
}
