/**
 * Fixed-point numbers for money, prices and quantities: a bigint count of 10^-18 units.
 * Nothing here rounds silently: every operation that can lose digits takes a {@link Rounding}.
 */
import { DomainError } from "./errors";

declare const fixedBrand: unique symbol;
/** A value of scale 18. `1.5` is `1500000000000000000n`. */
export type Fixed = bigint & { readonly [fixedBrand]: true };

/** `down` is towards zero, `up` away from zero, `half-even` to the nearest with ties to even. */
export type Rounding = "down" | "up" | "half-even";

export const SCALE = 18;
const ONE_RAW = 10n ** 18n;
/** Decimal(38,18) holds 20 digits before the point. */
const LIMIT = 10n ** 38n;

export const ZERO = 0n as Fixed;
export const ONE = ONE_RAW as Fixed;

const TEN_TO_TEN = 10n ** 10n;
const SAFE = 2n ** 53n;
const ZERO_DIGIT = 48;
const DECIMAL = /^(-)?(\d{1,20})(?:\.(\d{1,18}))?$/;

/** Parses a plain decimal ("12", "-0.5"). Throws INVALID_DECIMAL for exponents, blanks, more than 18 decimals. */
export function fixed(text: string): Fixed {
  const m = DECIMAL.exec(text);
  if (!m) throw new DomainError("INVALID_DECIMAL", `"${text.slice(0, 60)}" is not a decimal with at most 20 digits and 18 decimals`);
  const raw = BigInt((m[2] as string) + (m[3] ?? "").padEnd(SCALE, "0"));
  return (m[1] ? -raw : raw) as Fixed;
}

/** A whole number as Fixed. */
export function fixedInt(n: number | bigint): Fixed {
  return (BigInt(n) * ONE_RAW) as Fixed;
}

/** Shortest exact decimal text; the inverse of {@link fixed}. */
export function toText(x: Fixed): string {
  if (x === 0n) return "0";
  const negative = x < 0n;
  const digits = (negative ? -x : (x as bigint)).toString().padStart(SCALE + 1, "0");
  const point = digits.length - SCALE;
  let end = digits.length;
  while (end > point && digits.charCodeAt(end - 1) === ZERO_DIGIT) end--;
  return `${negative ? "-" : ""}${digits.slice(0, point)}${end > point ? `.${digits.slice(point, end)}` : ""}`;
}

/** Text with exactly `decimals` digits after the point, rounded as told. */
export function toFixedText(x: Fixed, decimals: number, rounding: Rounding = "half-even"): string {
  const r = roundTo(x, decimals, rounding);
  const neg = r < 0n;
  const abs = neg ? -r : (r as bigint);
  const frac = (abs % ONE_RAW).toString().padStart(SCALE, "0").slice(0, decimals);
  return `${neg ? "-" : ""}${abs / ONE_RAW}${decimals > 0 ? `.${frac}` : ""}`;
}

/** For statistics and pixels only, never for money that is stored, sent or compared with a limit. */
export function toNumber(x: Fixed): number {
  // A whole number below 2^53 over a power of ten that a float holds exactly is rounded once: the nearest float, as the text gives it.
  const parts = x / TEN_TO_TEN;
  if (parts < SAFE && parts > -SAFE && parts * TEN_TO_TEN === x) return Number(parts) / 1e8;
  return Number(toText(x));
}

export const add = (a: Fixed, b: Fixed): Fixed => inRange(a + b);
export const sub = (a: Fixed, b: Fixed): Fixed => inRange(a - b);
export const neg = (a: Fixed): Fixed => -a as Fixed;
export const abs = (a: Fixed): Fixed => (a < 0n ? -a : a) as Fixed;
export const min = (a: Fixed, b: Fixed): Fixed => (a < b ? a : b);
export const max = (a: Fixed, b: Fixed): Fixed => (a > b ? a : b);
export const sum = (xs: readonly Fixed[]): Fixed => inRange(xs.reduce<bigint>((s, x) => s + x, 0n));

/** a × b. */
export const mul = (a: Fixed, b: Fixed, rounding: Rounding): Fixed => inRange(divRaw(a * b, ONE_RAW, rounding));

/** a ÷ b. Throws DIVISION_BY_ZERO. */
export function div(a: Fixed, b: Fixed, rounding: Rounding): Fixed {
  if (b === 0n) throw new DomainError("DIVISION_BY_ZERO", "division by zero");
  return inRange(divRaw(a * ONE_RAW, b, rounding));
}

/** Rounds to a number of decimals (0 to 18). */
export function roundTo(x: Fixed, decimals: number, rounding: Rounding): Fixed {
  const unit = 10n ** BigInt(SCALE - decimals);
  return (divRaw(x, unit, rounding) * unit) as Fixed;
}

/** Rounds to a multiple of `step` (tick or lot size). */
export function roundToStep(x: Fixed, step: Fixed, rounding: Rounding): Fixed {
  if (step <= 0n) throw new DomainError("INVALID_STEP", "step must be above zero");
  return (divRaw(x, step, rounding) * step) as Fixed;
}

export const isMultipleOf = (x: Fixed, step: Fixed): boolean => step > 0n && x % step === 0n;

function divRaw(n: bigint, d: bigint, rounding: Rounding): bigint {
  const q = n / d;
  const r = n % d;
  if (r === 0n || rounding === "down") return q;
  const away = n < 0n !== d < 0n ? -1n : 1n;
  if (rounding === "up") return q + away;
  const twice = (r < 0n ? -r : r) * 2n;
  const base = d < 0n ? -d : d;
  return twice > base || (twice === base && q % 2n !== 0n) ? q + away : q;
}

function inRange(raw: bigint): Fixed {
  if (raw >= LIMIT || raw <= -LIMIT) throw new DomainError("AMOUNT_OUT_OF_RANGE", "amount needs more than 20 digits before the point");
  return raw as Fixed;
}
