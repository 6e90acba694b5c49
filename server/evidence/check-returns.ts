import { DomainError } from "@/server/shared";

/** The longest series a figure is computed from: a century of hours. */
const MOST_RETURNS = 900_000;
/** Returns beyond this are no market's: a data error. */
const LARGEST_RETURN = 1e6;
/** A series whose deviations are this small against its size does not move: what is left is rounding. */
const STILL = 1e-10;

/**
 * Throws TOO_FEW_RETURNS (has, needs), TOO_MANY_RETURNS, NOT_A_NUMBER (with the place), and nothing else. Returns are fractions per period, oldest first.
 */
export function checkReturns(returns: ArrayLike<number>, needs: number, field = "returns"): void {
  const has = returns.length;
  if (has < needs)
    throw new DomainError("TOO_FEW_RETURNS", `${has} of at least ${needs} periods: too few to say anything`, { field, data: { has, needs } });
  if (has > MOST_RETURNS)
    throw new DomainError("TOO_MANY_RETURNS", `${has} periods are more than the ${MOST_RETURNS} that can be judged`, {
      field,
      data: { has, most: MOST_RETURNS },
    });
  for (let i = 0; i < has; i++) {
    const x = returns[i] as number;
    if (x > -LARGEST_RETURN && x < LARGEST_RETURN) continue;
    throw new DomainError("NOT_A_NUMBER", `the return of period ${i + 1} is ${String(x)}`, { field: `${field}.${i}`, data: { period: i + 1 } });
  }
}

/** Whether deviations of this size are no more than rounding beside the numbers they came from. */
export const standsStill = (deviation: number, size: number): boolean => !(deviation > STILL * Math.max(size, 1e-6));

/** The error of a series that never moves: no risk taken, so no ratio of return to risk. */
export const constantSeries = (field = "returns"): DomainError =>
  new DomainError("CONSTANT_SERIES", "every period has the same return: there is nothing to measure", { field });
