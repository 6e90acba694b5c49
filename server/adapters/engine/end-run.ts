import type { RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { DomainError, type Json } from "@/server/shared";
import { continueRun } from "./continue-run";
import { type EngineContext, type EngineEvent, functionOf, type Run } from "./engine-types";
import { closeRun, findRun, memo } from "./run-store";
import { traceWaitEnd } from "./step-trace";
import { dropWait } from "./wait-store";

export const completeRun = (context: EngineContext, sql: RawSql, run: Run, output: Json): Promise<boolean> =>
  endRun(context, sql, run, { status: "completed", output, reason: null });

export async function failRun(context: EngineContext, sql: RawSql, run: Run, error: Json): Promise<boolean> {
  context.onError(new DomainError("FUNCTION_FAILED", `${run.functionId} failed: ${JSON.stringify(error).slice(0, 500)}`, { kind: "internal" }));
  return endRun(context, sql, run, { status: "failed", output: error, reason: null });
}

/** False when it had ended already. What is at work in it finishes, and its result is dropped. */
export const cancelRun = (context: EngineContext, sql: RawSql, run: Run, reason: string): Promise<boolean> =>
  endRun(context, sql, run, { status: "cancelled", output: null, reason });

type End = Parameters<typeof closeRun>[2];

async function endRun(context: EngineContext, sql: RawSql, run: Run, end: End): Promise<boolean> {
  const now = context.wall.now();
  const closed = await closeRun(sql, run.id, end, now);
  if (!closed) return false;
  await tellInvoker(context, sql, run, end);
  const data = { function_id: run.functionId, run_id: run.id };
  const tell = (name: string, more: Record<string, Json>) =>
    context.deliver(sql, { id: newId(), name: `inngest/function.${name}`, ts: now, data: { ...data, ...more } }, closed);
  if (end.status === "cancelled") await context.deliver(sql, cancelledEvent(context, run), closed);
  if (end.status === "failed") await tell("failed", { error: end.output, event: run.event as unknown as Json });
  if (end.status !== "cancelled") await tell("finished", end.status === "failed" ? { error: end.output } : { result: end.output });
  return true;
}

/** What the executor says when a run has been cancelled. */
export const cancelledEvent = (context: EngineContext, run: Run): EngineEvent => ({
  id: newId(),
  name: "inngest/function.cancelled",
  ts: context.wall.now(),
  data: { function_id: run.functionId, run_id: run.id },
});

/** The run that invoked this one goes on, when one did. */
export async function tellInvoker(context: EngineContext, sql: RawSql, { parentRunId: runId, parentStepId: stepId }: Run, end: End): Promise<void> {
  if (!runId || !stepId) return;
  const parent = await findRun(sql, runId);
  const fn = parent && functionOf(context, parent.functionId);
  if (!fn || parent.status !== "running") return;
  // The invocation's time may be over: its step has then failed already.
  if (!(await dropWait(sql, runId, stepId, "invoke"))) return;
  const cancelled = { name: "Error", message: "The invoked function was cancelled." };
  await memo(sql, runId, stepId, end.status === "completed" ? { data: end.output } : { error: end.status === "failed" ? end.output : cancelled });
  await traceWaitEnd(sql, runId, stepId, end.status === "completed" ? "completed" : "failed", context.wall.now());
  await continueRun(context, sql, fn, parent);
}
