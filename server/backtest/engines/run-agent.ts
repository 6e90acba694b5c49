import { DomainError } from "@/server/shared";
import { runArrayEngine } from "./array-engine";
import { runAuditedEngine } from "./audited-engine";
import { runEventEngine } from "./event-engine";
import type { AgentRun, EngineName, RunOptions } from "./run-types";
import { type TickGrid, tickGrid } from "./tick-grid";

/** The ticks of a run. Throws MANUAL_TRIGGER, UNKNOWN_SYMBOL, INTERVAL_TOO_FINE. */
export function gridOf(options: Pick<RunOptions, "agent" | "market" | "from" | "to">): TickGrid {
  const { symbols, trigger, barInterval } = options.agent.config;
  if (trigger.kind !== "interval")
    throw new DomainError("MANUAL_TRIGGER", "only an agent that ticks by itself can be simulated", { field: "trigger" });
  return tickGrid(options.market, { symbols, trigger: trigger.interval, barInterval, from: options.from, to: options.to });
}

/**
 * Runs one agent over its market. The engines give identical trades on the same options; `grid` may be shared by runs over the same ticks.
 * Throws MODEL_NEEDED, MANUAL_TRIGGER, UNKNOWN_SYMBOL, INTERVAL_TOO_FINE, and DECIDER_NEEDS_PATH from the array engine.
 */
export async function runAgent(engine: EngineName, options: RunOptions, grid?: TickGrid): Promise<AgentRun> {
  switch (engine) {
    case "audited":
      return runAuditedEngine(options);
    case "event":
      return runEventEngine(options, grid ?? gridOf(options));
    case "array":
      return runArrayEngine(options, grid ?? gridOf(options));
  }
}
