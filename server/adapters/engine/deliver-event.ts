import type { RawSql } from "@/server/adapters/db/database";
import { DAY_MS, hashJson, type Json } from "@/server/shared";
import { debounce, takeKey, takeStart } from "./admission-store";
import { continueRun } from "./continue-run";
import { cancelRun } from "./end-run";
import { type EngineContext, type EngineEvent, functionOf } from "./engine-types";
import { holds, keyText } from "./expression";
import type { FunctionConfig } from "./function-config";
import { findRun, memo } from "./run-store";
import { startRun, startRuns, startsPlainly } from "./start-run";
import { traceWaitEnd } from "./step-trace";
import { anybodyWaits, takeWait, waitingFor } from "./wait-store";
import { durationMs } from "./when";

const IDEMPOTENT_FOR_MS = DAY_MS;

/**
 * Hands an event to all that it concerns: runs that wait for it or are cancelled by it, then the functions it triggers. `awaited` false:
 * the caller knows that no run waits for it.
 */
export async function deliver(context: EngineContext, sql: RawSql, event: EngineEvent, { awaited } = { awaited: true }): Promise<void> {
  if (awaited) await handToWaiting(context, sql, event);
  for (const fn of context.functions()) if (starts(context, fn, event)) await admit(context, sql, fn, event);
}

/** Hands on many events, all of one name. What begins plainly begins all at once. */
export async function deliverMany(context: EngineContext, sql: RawSql, events: readonly [EngineEvent, ...EngineEvent[]]): Promise<void> {
  if (await anybodyWaits(sql, events[0].name)) for (const event of events) await handToWaiting(context, sql, event);
  for (const fn of context.functions()) {
    const concerned = events.filter((event) => starts(context, fn, event));
    if (concerned.length === 0) continue;
    if (startsPlainly(fn)) await startRuns(context, sql, fn, concerned);
    else for (const event of concerned) await admit(context, sql, fn, event);
  }
}

const starts = (context: EngineContext, fn: FunctionConfig, event: EngineEvent): boolean =>
  fn.triggers.some((t) => "event" in t && t.event === event.name && holds(context, t.expression, { event }));

async function handToWaiting(context: EngineContext, sql: RawSql, event: EngineEvent): Promise<void> {
  for (const wait of await waitingFor(sql, event.name, context.wall.now())) {
    if (!holds(context, wait.expression, { event: wait.event, async: event })) continue;
    const run = await findRun(sql, wait.runId);
    const fn = run && functionOf(context, run.functionId);
    if (!fn || !(await takeWait(sql, wait.id))) continue;
    if (wait.kind === "cancel") {
      await cancelRun(context, sql, run, `The event ${event.name} cancelled it.`);
      continue;
    }
    await memo(sql, run.id, wait.stepId, { data: event as unknown as Json });
    await traceWaitEnd(sql, run.id, wait.stepId, "completed", context.wall.now());
    await continueRun(context, sql, fn, run);
  }
}

/** Starts a run of the function for the event, unless its idempotency or rate limit forbids it or it is debounced. */
export async function admit(context: EngineContext, sql: RawSql, fn: FunctionConfig, event: EngineEvent): Promise<void> {
  const now = context.wall.now();
  if (fn.idempotency && !(await takeKey(sql, hashJson([fn.id, keyText(context, fn.idempotency, event)]), now, now + IDEMPOTENT_FOR_MS))) return;
  if (fn.rateLimit) {
    const { key, limit, period } = fn.rateLimit;
    if (!(await takeStart(sql, `${fn.id}|${keyText(context, key, event)}`, { limit, periodMs: durationMs(period) }, now))) return;
  }
  if (fn.debounce) {
    const { key, period, timeout } = fn.debounce;
    const rule = { periodMs: durationMs(period), timeoutMs: timeout ? durationMs(timeout) : null };
    return debounce(sql, `${fn.id}|${keyText(context, key, event)}`, fn.id, event, rule, now);
  }
  await startRun(context, sql, fn, event);
}
