import { randomBytes } from "node:crypto";
import type { RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import type { Json } from "@/server/shared";
import type { CallResult } from "./call-function";
import { completeRun, failRun } from "./end-run";
import { type EngineContext, type EngineEvent, functionOf, type Job, type Op, type Run } from "./engine-types";
import { type FunctionConfig, maxAttempts } from "./function-config";
import { addJob, openSteps } from "./job-queue";
import { startRun } from "./start-run";
import { beginWait, endStep, type StepTrace, traceStep } from "./step-trace";
import type { NewWait } from "./wait-store";
import { backoff, retryAfter, sleepUntil } from "./when";

const YEAR_MS = 365 * 86_400_000;

/** One call of a function: what was called, and when it began (wall ms). */
export type Call = { readonly fn: FunctionConfig; readonly run: Run; readonly job: Job; readonly begun: number };

/** Takes over what a call answered: results are remembered, waits begin, the next calls are queued, or the run ends. */
export async function applyResult(context: EngineContext, sql: RawSql, call: Call, result: CallResult): Promise<void> {
  const { fn, run, job } = call;
  if (result.status === 200) {
    await completeRun(context, sql, run, result.body as Json);
    return;
  }
  if (result.status !== 206) {
    const error = (result.body ?? { message: `status ${result.status}` }) as Json;
    const last = result.noRetry || job.attempt + 1 >= maxAttempts(fn);
    await trace(context, sql, call, { op: "Function", id: "step", name: fn.name ?? fn.id, error }, last ? "failed" : "retrying");
    if (last) await failRun(context, sql, run, error);
    else await again(context, sql, job, result.retryAfter);
    return;
  }
  const ops = result.body as Op[];
  let goOn = false;
  for (const op of ops) goOn = (await applyOp(context, sql, call, op, result)) || goOn;
  const ended = ops.some((op) => op.op === "RunComplete");
  if (goOn && !ended && (await openSteps(sql, run.id)) === 0)
    await addJob(sql, { ...job, stepId: "step", attempt: 0, throttle: null }, context.wall.now());
}

/** Steps that a call saved before its end. */
export async function applyCheckpoint(context: EngineContext, sql: RawSql, call: Call, ops: readonly Op[]): Promise<void> {
  const nothing: CallResult = { status: 206, body: null, noRetry: false, retryAfter: null };
  for (const op of ops) await applyOp(context, sql, call, op, nothing);
}

/** True when the function should be called again now. */
async function applyOp(context: EngineContext, sql: RawSql, call: Call, op: Op, result: CallResult): Promise<boolean> {
  const { fn, run, job } = call;
  const now = context.wall.now();
  switch (op.op) {
    case "StepRun":
    case "Step":
      await endStep(sql, traceOf(context, call, op, "completed"), { data: op.data ?? null });
      return true;
    case "StepPlanned":
      await addJob(sql, { ...job, stepId: op.id, attempt: 0, throttle: null }, now);
      return false;
    case "StepError":
      if (!result.noRetry && job.attempt + 1 < maxAttempts(fn)) {
        await trace(context, sql, call, op, "retrying");
        await again(context, sql, job, result.retryAfter);
        return false;
      }
      await endStep(sql, traceOf(context, call, op, "failed"), { error: op.error ?? null });
      return true;
    case "StepFailed":
      await endStep(sql, traceOf(context, call, op, "failed"), { error: op.error ?? null });
      return true;
    case "Sleep":
      return wait(context, sql, call, op, { kind: "sleep", until: sleepUntil((op.opts?.duration as string | undefined) ?? op.name ?? "", now) });
    case "WaitForEvent": {
      const { event, timeout, if: expression } = (op.opts ?? {}) as { event?: string; timeout?: string; if?: string };
      return wait(context, sql, call, op, { kind: "event", eventName: event ?? op.name ?? "", expression, until: sleepUntil(timeout ?? "", now) });
    }
    case "InvokeFunction":
      return invoke(context, sql, call, op);
    case "DiscoveryRequest":
      return true;
    case "RunComplete":
      await completeRun(context, sql, run, op.data ?? null);
      return false;
    default:
      await failRun(context, sql, run, { name: "Unsupported", message: `the embedded executor does not know the operation ${op.op}` });
      return false;
  }
}

async function wait(context: EngineContext, sql: RawSql, call: Call, op: Op, waiting: NewWait): Promise<false> {
  await beginWait(sql, traceOf(context, call, op, "waiting"), waiting);
  return false;
}

async function invoke(context: EngineContext, sql: RawSql, call: Call, op: Op): Promise<boolean> {
  const { run } = call;
  const { function_id: id, payload, timeout } = (op.opts ?? {}) as { function_id?: string; payload?: { data?: Json }; timeout?: string };
  const invoked = functionOf(context, id ?? "");
  const now = context.wall.now();
  if (!invoked) {
    const error = { name: "Error", message: `There is no function ${id ?? ""} to invoke.` };
    await endStep(sql, traceOf(context, call, op, "failed"), { error });
    return true;
  }
  const until = timeout ? sleepUntil(timeout, now) : now + YEAR_MS;
  if (!(await beginWait(sql, traceOf(context, call, op, "waiting"), { kind: "invoke", until }))) return false;
  const event: EngineEvent = { id: newId(), name: "inngest/function.invoked", ts: now, data: payload?.data ?? {} };
  await startRun(context, sql, invoked, event, { parentRunId: run.id, parentStepId: op.id });
  return false;
}

async function again(context: EngineContext, sql: RawSql, job: Job, after: string | null): Promise<void> {
  const now = context.wall.now();
  const random = (randomBytes(1)[0] ?? 0) / 256;
  await addJob(sql, { ...job, attempt: job.attempt + 1, throttle: null }, retryAfter(after, now) ?? now + backoff(job.attempt, random));
}

const trace = (context: EngineContext, sql: RawSql, call: Call, op: Op, status: StepTrace["status"]): Promise<void> =>
  traceStep(sql, traceOf(context, call, op, status));

function traceOf(context: EngineContext, call: Call, op: Op, status: StepTrace["status"]): StepTrace {
  const now = context.wall.now();
  return {
    runId: call.run.id,
    stepId: op.id,
    name: op.displayName ?? op.name ?? op.id,
    op: op.op,
    attempt: call.job.attempt,
    status,
    ...(op.error !== undefined && { error: op.error }),
    startedAt: status === "waiting" ? now : call.begun,
    endedAt: status === "waiting" ? null : now,
  };
}
