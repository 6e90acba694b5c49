import { DomainError } from "@/server/shared";

/** A column of numbers: plain or typed array, oldest first. */
export type Column = ArrayLike<number>;

/**
 * An indicator over a column: as long as its input, `undefined` where there is no value (not yet warm, or not defined there).
 * Floats: statistics only, never money.
 */
export type Line = readonly (number | undefined)[];

/** Sizes beyond this are no market's: sums of their products would leave the floats. */
const LARGEST = 1e100;
const LONGEST = 100_000;

/**
 * An empty line: places never written read as `undefined`, and the array still holds bare doubles. A plain array, because the two hundred
 * numbers of a decision's window are made many times a second, and a typed array of that size costs ten times as much to allocate.
 * `certain` says that the caller is going to write the last place: a number put there at once makes the array one of doubles before the
 * caller's loop begins, which halves the loop's time.
 */
export function emptyLine(length: number, certain = false): (number | undefined)[] {
  const line = new Array<number | undefined>(length);
  if (certain && length > 0) line[length - 1] = 0.5;
  return line;
}

/** The number itself. Throws NOT_A_NUMBER (invalid) on NaN, infinities and sizes no price or volume has. */
export function finite(value: number, field: string): number {
  if (value > -LARGEST && value < LARGEST) return value;
  throw new DomainError("NOT_A_NUMBER", `${field} must be a number, not ${String(value)}`, { field });
}

/** Throws NOT_A_NUMBER (invalid) unless all are numbers: before any of them is taken, so that a refused column changes nothing. */
export function checkAll(values: Column, field: string): void {
  for (let i = 0; i < values.length; i++) finite(values[i] as number, field);
}

/** The period itself (bars). Throws INVALID_PERIOD (invalid) unless a whole number from `least` to 100,000. */
export function checkPeriod(period: number, least = 1, field = "period"): number {
  if (Number.isInteger(period) && period >= least && period <= LONGEST) return period;
  throw new DomainError("INVALID_PERIOD", `${field} must be a whole number of bars from ${least} to ${LONGEST}, not ${String(period)}`, { field });
}

/** The factor itself. Throws INVALID_FACTOR (invalid) unless above 0 and at most `most`. */
export function checkFactor(factor: number, most: number, field: string): number {
  if (factor > 0 && factor <= most) return factor;
  throw new DomainError("INVALID_FACTOR", `${field} must be above 0 and at most ${most}, not ${String(factor)}`, { field });
}

/** The price itself. Throws NOT_A_NUMBER, and INVALID_PRICE (invalid) unless above zero. */
export function positive(price: number, field: string): number {
  if (finite(price, field) > 0) return price;
  throw new DomainError("INVALID_PRICE", `${field} must be above zero, not ${price}`, { field });
}

/** Throws NOT_A_NUMBER, and INVALID_BAR (invalid) when the high is below the low. */
export function checkBar(high: number, low: number, close: number): void {
  if (high >= low && low > -LARGEST && high < LARGEST && close > -LARGEST && close < LARGEST) return;
  finite(high, "high");
  finite(low, "low");
  finite(close, "close");
  throw new DomainError("INVALID_BAR", `a bar's high (${high}) must not be below its low (${low})`, { field: "high" });
}

/** `checkBar` for the first `count` bars, before any of them is taken. */
export function checkBars(high: Column, low: Column, close: Column, count: number): void {
  for (let i = 0; i < count; i++) checkBar(high[i] as number, low[i] as number, close[i] as number);
}

/** The volume itself. Throws NOT_A_NUMBER, and INVALID_BAR (invalid) when negative. */
export function checkVolume(volume: number): number {
  if (finite(volume, "volume") >= 0) return volume;
  throw new DomainError("INVALID_BAR", `volume must not be negative, as ${volume} is`, { field: "volume" });
}

/** Length of columns that belong together. Throws MISALIGNED_SERIES naming the shorter one. */
export function alignedLength(columns: Readonly<Record<string, Column>>): number {
  let longest = 0;
  for (const name in columns) longest = Math.max(longest, columns[name]?.length ?? 0);
  for (const name in columns) {
    const length = columns[name]?.length ?? 0;
    if (length === longest) continue;
    throw new DomainError("MISALIGNED_SERIES", `${name} has ${length} of ${longest} bars`, { field: name, data: { has: length, needs: longest } });
  }
  return longest;
}
