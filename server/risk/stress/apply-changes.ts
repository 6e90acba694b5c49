import { refuse } from "../portfolio/refuse";
import type { StressPosition, StressResult } from "./types";

/** The result of a profit or loss for each position. Throws NOT_A_NUMBER on values that are none, NO_POSITIONS when nothing is held. */
export function applyChanges(scenario: string, positions: readonly StressPosition[], pnlOf: (position: StressPosition) => number): StressResult {
  if (positions.length === 0) throw refuse("NO_POSITIONS", "nothing is held, so there is nothing to stress", "positions");
  let total = 0;
  const out = positions.map((position) => {
    const { symbol, venue, value } = position;
    if (!(Math.abs(value) < 1e100)) throw refuse("NOT_A_NUMBER", `the value of ${symbol} must be a number, not ${value}`, symbol);
    // Adding zero turns −0, which a screen would show as "-0", into 0.
    const pnl = pnlOf(position) + 0;
    total += pnl;
    return { symbol, venue, value, pnl };
  });
  return { scenario, positions: out, total };
}
