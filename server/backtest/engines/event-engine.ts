import { MAY_ENTER, MAY_EXIT, SURE_ENTER, SURE_EXIT } from "../screens/screen";
import { screenOf } from "../screens/screen-of";
import { FastRun } from "./fast-run";
import type { AgentRun, RunOptions } from "./run-types";
import type { TickGrid } from "./tick-grid";

const REPORT_EVERY = 65_536;

/**
 * Goes through the ticks one by one, as the audited engine does, without records, journal and ledger: each symbol's screen takes the bars
 * as they close, and where a rule may want something the turn core decides. Takes every rule set.
 */
export function runEventEngine(options: RunOptions, grid: TickGrid): AgentRun {
  const run = new FastRun(options, grid);
  const { decider } = options.agent.config;
  const symbols = grid.symbols.map((s) => ({ ...s, screen: screenOf(decider), seen: 0 }));
  for (let n = 0; n < grid.count; n++) {
    if (n % REPORT_EVERY === 0) options.onProgress?.(n, grid.count);
    run.follow(n);
    let [ask, sure] = [false, 0];
    for (let s = 0; s < symbols.length; s++) {
      const symbol = symbols[s] as (typeof symbols)[number];
      const { bars, screen } = symbol;
      const end = symbol.closed[n] as number;
      while (symbol.seen < end) {
        const i = symbol.seen++;
        screen.add(bars.high[i] as number, bars.low[i] as number, bars.close[i] as number);
      }
      const holds = run.holds(s, symbol.price[n] as number);
      const flags = screen.may(run.entry[s] as number);
      if ((flags & (holds ? MAY_EXIT : MAY_ENTER)) === 0) continue;
      ask = true;
      sure = flags & (holds ? SURE_EXIT : SURE_ENTER);
    }
    if (ask && grid.skipped[n] === 0) run.decide(n, sure);
  }
  options.onProgress?.(grid.count, grid.count);
  return run.finish();
}
