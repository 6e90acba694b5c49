import { type DeciderSpec, parseRuleParams } from "@/server/agents";
import { DomainError } from "@/server/shared";
import { breakoutFlags } from "../screens/breakout-flags";
import type { Columns } from "../screens/columns";
import { MAY_ENTER, MAY_EXIT, SURE_ENTER, SURE_EXIT } from "../screens/screen";
import { modelNeeded, PATH_DEPENDENT, screenOf } from "../screens/screen-of";
import { trendFollowFlags } from "../screens/trend-follow-flags";
import { FastRun } from "./fast-run";
import type { AgentRun, RunOptions } from "./run-types";
import type { TickGrid } from "./tick-grid";

/** Throws MODEL_NEEDED and DECIDER_NEEDS_PATH, naming the rule set and why. */
export function assertPathIndependent(decider: DeciderSpec): void {
  if (decider.kind !== "rules") throw modelNeeded();
  const why = PATH_DEPENDENT[decider.ruleSet];
  if (why === null) return;
  throw new DomainError("DECIDER_NEEDS_PATH", `the array engine cannot run ${decider.ruleSet}: ${why}; take the event or the audited engine`, {
    field: "engine",
    data: { ruleSet: decider.ruleSet },
  });
}

/**
 * Works out all signals over whole columns first, then goes from one tick that matters to the next. Only for rule sets whose signal is a
 * function of the bars alone; throws DECIDER_NEEDS_PATH for others.
 */
export function runArrayEngine(options: RunOptions, grid: TickGrid): AgentRun {
  const { decider } = options.agent.config;
  assertPathIndependent(decider);
  const run = new FastRun(options, grid);
  const flags = grid.symbols.map((s) => signals(decider, s.bars));
  const only = grid.symbols.length === 1 ? grid.symbols[0] : undefined;
  let n = 0;
  while (n < grid.count) {
    run.follow(n);
    const asked = grid.skipped[n] === 0 ? asks(run, grid, flags, n) : 0;
    if (asked !== 0) run.decide(n, asked & (SURE_ENTER | SURE_EXIT));
    n += 1;
    if (!run.account.busy && only) n = next(run, grid, flags[0] as Uint8Array, n);
  }
  options.onProgress?.(grid.count, grid.count);
  return run.finish();
}

/** What a rule may want after each bar: by whole columns where there is a way to, else by its screen. */
export function signals(decider: DeciderSpec, bars: Columns): Uint8Array {
  if (decider.kind === "rules") {
    const params = parseRuleParams(decider.ruleSet, decider.params);
    if (decider.ruleSet === "hold") return new Uint8Array(bars.length);
    if (decider.ruleSet === "trend-follow") return trendFollowFlags(bars, params);
    if (decider.ruleSet === "breakout") return breakoutFlags(bars, params);
  }
  return screened(decider, bars);
}

/** The same by the rule set's screen, bar by bar. */
export function screened(decider: DeciderSpec, bars: Columns): Uint8Array {
  const screen = screenOf(decider);
  const flags = new Uint8Array(bars.length);
  const { high, low, close } = bars;
  for (let i = 0; i < flags.length; i++) {
    screen.add(high[i] as number, low[i] as number, close[i] as number);
    flags[i] = screen.may(0);
  }
  return flags;
}

/** What the last symbol that may act may do now; 0 when none may. */
function asks(run: FastRun, grid: TickGrid, flags: readonly Uint8Array[], n: number): number {
  let asked = 0;
  for (let s = 0; s < grid.symbols.length; s++) {
    const { closed, price } = grid.symbols[s] as TickGrid["symbols"][number];
    const flag = (flags[s] as Uint8Array)[(closed[n] as number) - 1] ?? 0;
    const wanted = run.holds(s, price[n] as number) ? MAY_EXIT | SURE_EXIT : MAY_ENTER | SURE_ENTER;
    if ((flag & wanted) !== 0) asked = flag & wanted;
  }
  return asked;
}

/** The next tick of a run with one symbol and no open order at which the rule must be asked; the number of ticks when there is none. */
function next(run: FastRun, grid: TickGrid, flags: Uint8Array, from: number): number {
  const { closed, price } = grid.symbols[0] as TickGrid["symbols"][number];
  const { count, skipped } = grid;
  const quantity = run.quantity[0] as number;
  const least = run.leastWorth(0);
  let n = from;
  if (least === null) {
    while (n < count && ((flags[(closed[n] as number) - 1] as number) & MAY_ENTER) === 0) n++;
    return n;
  }
  for (; n < count; n++) {
    const wanted = quantity * (price[n] as number) >= least ? MAY_EXIT : MAY_ENTER;
    if (((flags[(closed[n] as number) - 1] as number) & wanted) !== 0 && skipped[n] === 0) return n;
  }
  return n;
}
