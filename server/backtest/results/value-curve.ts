import type { SymbolId } from "@/server/market";
import { type Fixed, toNumber } from "@/server/shared";
import { fillAmounts } from "@/server/trading";
import type { AgentRun } from "../engines/run-types";
import type { TickGrid } from "../engines/tick-grid";

/** One agent on the grid: equity and the worth of what it holds at each tick, and once more at the end. Floats, for statistics and curves. */
export type ValueCurve = { readonly equity: Float64Array; readonly invested: Float64Array };

/**
 * Follows the fills over the ticks. A tick's value is how things stood when it was decided: what was filled at that very instant for an
 * older order counts, what the tick itself ordered does not (as live). Exact money in, floats out: every engine's curve is this one.
 */
export function valueCurve(capital: Fixed, run: Pick<AgentRun, "fills">, grid: TickGrid): ValueCurve {
  const places = new Map<SymbolId, number>(grid.symbols.map((s, i) => [s.symbol, i]));
  const exact = grid.symbols.map(() => 0n);
  const quantity = new Float64Array(grid.symbols.length);
  const equity = new Float64Array(grid.count + 1);
  const invested = new Float64Array(grid.count + 1);
  let cash: bigint = capital;
  let money = toNumber(capital);
  let next = 0;
  for (let n = 0; n <= grid.count; n++) {
    const at = n < grid.count ? grid.first + n * grid.stepMs : grid.to;
    const last = n === grid.count;
    let moved = false;
    for (let fill = run.fills[next]; fill && (fill.at < at || (fill.at === at && (last || fill.orderedAt < at))); fill = run.fills[++next]) {
      const s = places.get(fill.symbol) as number;
      const sign = fill.side === "buy" ? 1n : -1n;
      exact[s] = (exact[s] as bigint) + sign * fill.quantity;
      cash -= sign * fillAmounts(fill).cash;
      quantity[s] = toNumber(exact[s] as Fixed);
      moved = true;
    }
    if (moved) money = toNumber(cash as Fixed);
    let worth = 0;
    for (let s = 0; s < quantity.length; s++) {
      const held = quantity[s] as number;
      if (held !== 0) worth += held * ((grid.symbols[s] as TickGrid["symbols"][number]).price[n] as number);
    }
    invested[n] = worth;
    equity[n] = money + worth;
  }
  return { equity, invested };
}
