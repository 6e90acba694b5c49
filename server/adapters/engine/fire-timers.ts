import { Cron } from "croner";
import type { RawSql } from "@/server/adapters/db/database";
import { fireCron, takeDebounced } from "./admission-store";
import { continueRun, nextCall } from "./continue-run";
import { admit, deliverMany } from "./deliver-event";
import { cancelledEvent, cancelRun, tellInvoker } from "./end-run";
import { type EngineContext, functionOf } from "./engine-types";
import { addJobs } from "./job-queue";
import { closeLate, findRun, memo } from "./run-store";
import { startRun } from "./start-run";
import { traceWaitEnd } from "./step-trace";
import { endSleeps, takeDue } from "./wait-store";

type Transaction = <T>(run: (sql: RawSql) => Promise<T>) => Promise<T>;

/** Sleeps that end in one transaction at most. */
const SLEEPS_AT_ONCE = 250;
/** Runs given up in one transaction at most. */
const STARTS_AT_ONCE = 500;

/** Ends the waits whose time has come: sleeps go on, awaited events are given up, runs past their timeout are cancelled. */
export async function wakeDue(context: EngineContext, transaction: Transaction): Promise<void> {
  let woken: number;
  do {
    woken = await transaction(async (sql) => {
      const runs = await endSleeps(sql, context.wall.now(), SLEEPS_AT_ONCE);
      const calls = runs.flatMap((run) => {
        const fn = functionOf(context, run.functionId);
        return fn ? [nextCall(context, fn, run)] : [];
      });
      await addJobs(sql, calls);
      return runs.length;
    });
  } while (woken === SLEEPS_AT_ONCE);
  await transaction(async (sql) => {
    for (const w of await takeDue(sql, context.wall.now())) {
      const run = await findRun(sql, w.runId);
      if (run?.status !== "running") continue;
      if (w.kind === "finish") {
        await cancelRun(context, sql, run, "It did not finish in time.");
        continue;
      }
      // A cancellation's own time only ends the cancellation.
      if (w.kind === "cancel") continue;
      const late = { name: "Error", message: "Timed out waiting for the invoked function to complete." };
      // What is left: an awaited event that did not come, an invocation that takes too long.
      await memo(sql, run.id, w.stepId, w.kind === "invoke" ? { error: late } : null);
      await traceWaitEnd(sql, run.id, w.stepId, w.kind === "invoke" ? "failed" : "completed", context.wall.now());
      const fn = functionOf(context, run.functionId);
      if (fn) await continueRun(context, sql, fn, run);
    }
  });
}

/**
 * Gives up the runs that have not begun by the time their function allows, many at once: where more is due than can be done, what is
 * late must not cost what still has time.
 */
export async function dropLateStarts(context: EngineContext, transaction: Transaction): Promise<void> {
  if (!context.functions().some((fn) => fn.timeouts?.start)) return;
  let dropped: number;
  do {
    dropped = await transaction(async (sql) => {
      const runs = await closeLate(sql, context.wall.now(), STARTS_AT_ONCE);
      for (const run of runs) await tellInvoker(context, sql, run, { status: "cancelled", output: null, reason: null });
      const [first, ...others] = runs.map((run) => cancelledEvent(context, run));
      if (first) await deliverMany(context, sql, [first, ...others]);
      return runs.length;
    });
  } while (dropped === STARTS_AT_ONCE);
}

/** Runs debounced functions that have waited long enough. */
export async function fireDebounced(context: EngineContext, transaction: Transaction): Promise<void> {
  if (!context.functions().some((fn) => fn.debounce)) return;
  await transaction(async (sql) => {
    for (const { functionId, event } of await takeDebounced(sql, context.wall.now())) {
      const fn = functionOf(context, functionId);
      if (fn) await startRun(context, sql, fn, event);
    }
  });
}

/**
 * Fires crons whose instant has come since they were last fired; an instant longer ago than `graceMs` (the product was off) is not made
 * up for. `fired` remembers what this process need not ask for again. Returns the next instant (wall ms).
 */
export async function fireCrons(context: EngineContext, transaction: Transaction, graceMs: number, fired: Map<string, number>): Promise<number> {
  const now = context.wall.now();
  let next = Number.POSITIVE_INFINITY;
  for (const fn of context.functions()) {
    for (const trigger of fn.triggers) {
      if (!("cron" in trigger)) continue;
      const [, timezone, pattern] = /^(?:TZ=(\S+) )?(.+)$/.exec(trigger.cron) ?? [];
      const cron = new Cron(pattern ?? trigger.cron, { timezone: timezone ?? "UTC", paused: true });
      const last = cron.previousRuns(1, new Date(now + 1))[0]?.getTime() ?? 0;
      next = Math.min(next, cron.nextRun(new Date(now))?.getTime() ?? Number.POSITIVE_INFINITY);
      const key = `${fn.id} ${trigger.cron}`;
      if (now - last > graceMs || fired.get(key) === last) continue;
      await transaction(async (sql) => {
        if (!(await fireCron(sql, key, last))) return;
        const data = { cron: trigger.cron };
        await admit(context, sql, fn, { id: `${fn.id}:${trigger.cron}:${last}`, name: "inngest/scheduled.timer", data, ts: last });
      });
      fired.set(key, last);
    }
  }
  return next;
}
