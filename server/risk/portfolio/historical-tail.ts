import { checkConfidence, refuse } from "./refuse";

/** Which scenarios make the historical VaR and ES. */
export type HistoricalTail = {
  /** The quantile lies between these two scenarios, `share` of the way from the first to the second. */
  readonly lower: number;
  readonly upper: number;
  readonly share: number;
  /** Scenarios whose return is at or below the quantile. */
  readonly tail: readonly number[];
};

/**
 * Places the (1 − confidence) quantile of returns by linear interpolation (type 7 of Hyndman and Fan, American Statistician 50, 1996; R's
 * default) and lists the scenarios at or below it. Throws INVALID_CONFIDENCE, TOO_FEW_RETURNS when less than one scenario lies beyond it.
 */
export function historicalTail(returns: Float64Array, confidence: number): HistoricalTail {
  const beyond = 1 - checkConfidence(confidence);
  const n = returns.length;
  const needs = Math.ceil(1 / beyond - 1e-6);
  if (n < needs)
    throw refuse("TOO_FEW_RETURNS", `${n} returns do not reach ${confidence * 100} %: ${needs} are needed`, "returns", { has: n, needs });
  const at = Float64Array.from(returns).sort();
  const place = (n - 1) * beyond;
  const below = Math.floor(place + 4 * Number.EPSILON);
  const share = Math.max(0, place - below);
  const low = at[below] as number;
  const high = at[Math.min(below + 1, n - 1)] as number;
  const quantile = low + share * (high - low);
  const tail: number[] = [];
  let lower = -1;
  let upper = -1;
  for (let t = 0; t < n; t++) {
    const r = returns[t] as number;
    if (r <= quantile) tail.push(t);
    if (lower < 0 && r === low) lower = t;
    else if (upper < 0 && r === high) upper = t;
  }
  return { lower, upper: upper < 0 ? lower : upper, share, tail };
}
