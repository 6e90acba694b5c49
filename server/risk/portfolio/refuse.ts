import { DomainError } from "@/server/shared";

/** Fewer returns than this say nothing about risk. */
export const FEWEST_RETURNS = 30;

/** The refusal of data a figure cannot be computed from: says what is missing. */
export const refuse = (code: string, message: string, field: string, data?: Readonly<Record<string, string | number | null>>): DomainError =>
  new DomainError(code, message, { field, ...(data && { data }) });

/** Throws NOT_A_NUMBER on NaN and infinities, TOO_FEW_RETURNS below `least` (30 by default). */
export function checkReturns(returns: ArrayLike<number>, field = "returns", least = FEWEST_RETURNS): void {
  for (let i = 0; i < returns.length; i++) {
    const r = returns[i] as number;
    if (!(Math.abs(r) < 1e6)) throw refuse("NOT_A_NUMBER", `${field} must be numbers; number ${i + 1} is ${r}`, field, { index: i });
  }
  if (returns.length < least)
    throw refuse("TOO_FEW_RETURNS", `${field}: ${returns.length} returns are too few, ${least} are needed`, field, {
      has: returns.length,
      needs: least,
    });
}

/** The confidence itself (0.95 = 95 %). Throws INVALID_CONFIDENCE unless from 0.5 to 0.9999. */
export function checkConfidence(confidence: number): number {
  if (confidence >= 0.5 && confidence <= 0.9999) return confidence;
  throw refuse("INVALID_CONFIDENCE", `confidence must be from 0.5 to 0.9999 (0.95 = 95 %), not ${confidence}`, "confidence");
}
