import { checkReturns, FEWEST_RETURNS, refuse } from "./refuse";
import type { ReturnMatrix } from "./return-matrix";

/** Sums of returns stay below this however large the weights; beyond it some return was none. */
const LARGEST = 1e15;

/**
 * The portfolio's return in each scenario: Σ weight × return (weights held constant). Weights are shares of equity, negative for shorts,
 * and need not add up to one: the rest is cash. Throws WEIGHTS_MISMATCH, NOT_A_NUMBER, EMPTY_PORTFOLIO, TOO_FEW_RETURNS.
 */
export function portfolioReturns(matrix: ReturnMatrix, weights: readonly number[]): Float64Array {
  const { symbols, columns, count } = matrix;
  if (weights.length !== symbols.length)
    throw refuse("WEIGHTS_MISMATCH", `${weights.length} weights for ${symbols.length} markets`, "weights", {
      has: weights.length,
      needs: symbols.length,
    });
  const out = new Float64Array(count);
  for (let k = 0; k < columns.length; k++) {
    const column = columns[k] as Float64Array;
    const symbol = symbols[k] ?? "";
    const weight = weights[k] as number;
    if (!(Math.abs(weight) <= 1e6)) throw refuse("NOT_A_NUMBER", `the weight of ${symbol} must be a number, not ${weight}`, symbol);
    if (column.length !== count)
      throw refuse("SERIES_SHORT", `${symbol} has ${column.length} of ${count} returns`, symbol, { has: column.length, needs: count });
    for (let t = 0; t < count; t++) out[t] = (out[t] as number) + weight * (column[t] as number);
  }
  // What is no number in one column is none in the sum either: the columns are only searched when there is something to find.
  if (count < FEWEST_RETURNS || !out.every((r) => Math.abs(r) < LARGEST))
    for (const [k, column] of columns.entries()) checkReturns(column, symbols[k]);
  if (weights.every((w) => w === 0)) throw refuse("EMPTY_PORTFOLIO", "no position is held, so there is no risk to measure", "weights");
  return out;
}
