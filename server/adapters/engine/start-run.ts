import type { RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { concurrencyOf, priorityOf } from "./continue-run";
import { cancelRun } from "./end-run";
import { lockKey } from "./engine-sql";
import type { EngineContext, EngineEvent, Run, Throttle } from "./engine-types";
import { keyText } from "./expression";
import type { FunctionConfig } from "./function-config";
import { addJobs, type NewJob } from "./job-queue";
import { addRun, addRuns, type NewRun, runningOf } from "./run-store";
import { addWait } from "./wait-store";
import { durationMs } from "./when";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

type Origin = { readonly parentRunId?: string; readonly parentStepId?: string; readonly replayOf?: Run };

/** Queues one run of the function for the event: singleton, throttle, priority, cancellations and timeouts apply. Null when a singleton skips it. */
export async function startRun(
  context: EngineContext,
  sql: RawSql,
  fn: FunctionConfig,
  event: EngineEvent,
  origin: Origin = {},
): Promise<string | null> {
  const now = context.wall.now();
  const singletonKey = fn.singleton ? `${fn.id}|${keyText(context, fn.singleton.key, event)}` : null;
  if (fn.singleton && singletonKey) {
    await lockKey(sql, singletonKey);
    const running = await runningOf(sql, singletonKey);
    if (running.length > 0 && fn.singleton.mode === "skip") return null;
    for (const run of running) await cancelRun(context, sql, run, "A newer run of this singleton began.");
  }
  const run = newRun(fn, event, singletonKey, origin);
  await addRun(sql, run, now);
  for (const [i, c] of (fn.cancel ?? []).entries()) {
    const until = c.timeout ? now + durationMs(c.timeout) : null;
    await addWait(sql, run.id, `cancel ${i}`, { kind: "cancel", eventName: c.event, expression: c.if, until });
  }
  await addJobs(sql, [firstJob(context, fn, run)]);
  return run.id;
}

/** One run for each event, all at once. Only for functions of which {@link startsPlainly} is true. */
export async function startRuns(context: EngineContext, sql: RawSql, fn: FunctionConfig, events: readonly EngineEvent[]): Promise<void> {
  const runs = events.map((event) => newRun(fn, event, null, {}));
  await addRuns(sql, runs, context.wall.now());
  await addJobs(
    sql,
    runs.map((run) => firstJob(context, fn, run)),
  );
}

/** Whether nothing but its trigger decides if and how a run of this function begins. */
export const startsPlainly = (fn: FunctionConfig): boolean => !(fn.singleton || fn.cancel?.length || fn.idempotency || fn.rateLimit || fn.debounce);

function newRun(fn: FunctionConfig, event: EngineEvent, singletonKey: string | null, origin: Origin): NewRun {
  const { replayOf } = origin;
  return {
    id: newId(),
    functionId: fn.id,
    workspaceId: workspaceOf(event),
    event,
    singletonKey,
    parentRunId: origin.parentRunId ?? null,
    parentStepId: origin.parentStepId ?? null,
    ...(replayOf && { replayOf: replayOf.id, ...finishedSteps(replayOf) }),
  };
}

/** The run's first call: now, or at the time in the future that its event bears. */
function firstJob(context: EngineContext, fn: FunctionConfig, { id, event }: NewRun): NewJob {
  const dueAt = Math.max(context.wall.now(), event.ts);
  return {
    runId: id,
    functionId: fn.id,
    stepId: "step",
    attempt: 0,
    priority: priorityOf(context, fn, event),
    throttle: throttleOf(context, fn, event),
    concurrency: concurrencyOf(context, fn, event),
    dueAt,
    ...(fn.timeouts?.start && { startBy: dueAt + durationMs(fn.timeouts.start) }),
  };
}

function throttleOf(context: EngineContext, fn: FunctionConfig, event: EngineEvent): Throttle | null {
  if (!fn.throttle) return null;
  const { key, limit, period, burst = 1 } = fn.throttle;
  return { key: `throttle ${fn.id}|${keyText(context, key, event)}`, intervalMs: durationMs(period) / limit, burst };
}

function workspaceOf({ data }: EngineEvent): string | null {
  const id = data !== null && typeof data === "object" && !Array.isArray(data) ? (data as { workspaceId?: unknown }).workspaceId : null;
  return typeof id === "string" && UUID.test(id) ? id : null;
}

/** What a replay need not do again: every step that did not fail. */
function finishedSteps({ steps, stack }: Run): Pick<Run, "steps" | "stack"> {
  const failed = (id: string) => steps[id] !== null && typeof steps[id] === "object" && "error" in (steps[id] as object);
  const kept = stack.filter((id) => !failed(id));
  return { steps: Object.fromEntries(kept.map((id) => [id, steps[id] ?? null])), stack: kept };
}
