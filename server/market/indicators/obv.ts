import { alignedLength, type Column, checkVolume, emptyLine, finite, type Line } from "./line";

/**
 * On-balance volume (Granville 1963; TA-Lib `OBV`, R TTR `OBV`): volume added when the close rises, taken off when it falls, unchanged
 * otherwise, started from the first bar's volume; in base units. Warm at once. Only its changes mean anything: its level depends on where
 * the series began. Throws NOT_A_NUMBER, INVALID_BAR (negative volume).
 */
export class Obv {
  readonly warmUp = 1;
  #before: number | undefined;
  #total = 0;

  /** The total with this bar in it. */
  add(close: number, volume: number): number {
    checkVolume(volume);
    const change = finite(close, "close") - (this.#before ?? Number.NEGATIVE_INFINITY);
    this.#before = close;
    if (change > 0) this.#total += volume;
    else if (change < 0) this.#total -= volume;
    return this.#total;
  }
}

/** `Obv` over whole columns. Throws MISALIGNED_SERIES when their lengths differ. */
export function obv(close: Column, volume: Column): Line {
  const machine = new Obv();
  const n = alignedLength({ close, volume });
  const line = emptyLine(n);
  for (let i = 0; i < n; i++) line[i] = machine.add(close[i] as number, volume[i] as number);
  return line;
}
