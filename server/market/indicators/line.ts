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
 */
export const emptyLine = (length: number): (number | undefined)[] => new Array<number | undefined>(length);

/** The number itself. Throws NOT_A_NUMBER (invalid) on NaN, infinities and sizes no price or volume has. */
export function finite(value: number, field: string): number {
  if (value > -LARGEST && value < LARGEST) return value;
  throw new DomainError("NOT_A_NUMBER", `${field} must be a number, not ${String(value)}`, { field });
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
  if (finite(high, "high") - finite(low, "low") >= 0 && finite(close, "close") === close) return;
  throw new DomainError("INVALID_BAR", `a bar's high (${high}) must not be below its low (${low})`, { field: "high" });
}

/** The volume itself. Throws NOT_A_NUMBER, and INVALID_BAR (invalid) when negative. */
export function checkVolume(volume: number): number {
  if (finite(volume, "volume") >= 0) return volume;
  throw new DomainError("INVALID_BAR", `volume must not be negative, as ${volume} is`, { field: "volume" });
}

/** Length of columns that belong together. Throws MISALIGNED_SERIES (invalid) naming the shorter one. */
export function alignedLength(columns: Readonly<Record<string, Column>>): number {
  const lengths = Object.entries(columns).map(([name, column]) => ({ name, length: column.length }));
  const longest = Math.max(...lengths.map((l) => l.length));
  const short = lengths.find((l) => l.length !== longest);
  if (short)
    throw new DomainError("MISALIGNED_SERIES", `${short.name} has ${short.length} of ${longest} bars`, {
      field: short.name,
      data: { has: short.length, needs: longest },
    });
  return longest;
}
