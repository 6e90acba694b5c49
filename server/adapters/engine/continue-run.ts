import type { RawSql } from "@/server/adapters/db/database";
import type { EngineContext, EngineEvent, Run } from "./engine-types";
import { evaluated, keyText } from "./expression";
import type { FunctionConfig } from "./function-config";
import { addJobs, type NewJob } from "./job-queue";

/** Priorities are seconds that a run goes ahead (or stays behind), within this many. */
const PRIORITY_MOST = 600;

/** Calls the run's function again, now. */
export const continueRun = (context: EngineContext, sql: RawSql, fn: FunctionConfig, run: Pick<Run, "id" | "event">): Promise<void> =>
  addJobs(sql, [nextCall(context, fn, run)]);

/** The call of the run's function that goes on with it, now. */
export function nextCall(context: EngineContext, fn: FunctionConfig, run: Pick<Run, "id" | "event">): NewJob {
  return {
    runId: run.id,
    functionId: fn.id,
    stepId: "step",
    attempt: 0,
    throttle: null,
    priority: priorityOf(context, fn, run.event),
    concurrency: concurrencyOf(context, fn, run.event),
    dueAt: context.wall.now(),
  };
}

/** Concurrency keys as "scope|value|limit": a job runs when each of its keys has fewer jobs at work than its limit. */
export function concurrencyOf(context: EngineContext, fn: FunctionConfig, event: EngineEvent): string[] {
  return (fn.concurrency ?? []).map((c) => `${(c.scope ?? "fn") === "fn" ? fn.id : c.scope}|${keyText(context, c.key, event)}|${c.limit}`);
}

/** Seconds by which the run goes ahead of others that are due. */
export function priorityOf(context: EngineContext, fn: FunctionConfig, event: EngineEvent): number {
  if (!fn.priority?.run) return 0;
  const value = Number(evaluated(context, fn.priority.run, { event }));
  return Number.isFinite(value) ? Math.round(Math.max(-PRIORITY_MOST, Math.min(PRIORITY_MOST, value))) : 0;
}
