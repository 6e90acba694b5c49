import type { RawSql } from "@/server/adapters/db/database";
import type { Json } from "@/server/shared";
import { iso } from "./engine-sql";
import type { EngineEvent, Run, RunStatus } from "./engine-types";

const COLUMNS = `id, "functionId", "workspaceId", event, status, steps, stack, "parentRunId", "parentStepId", "startedAt"::text AS "startedAt"`;

/** True when the event is new: the same id is the same event. */
export async function addEvent(sql: RawSql, event: EngineEvent): Promise<boolean> {
  const rows = await sql.query(`INSERT INTO "EngineEvent" (id, name, body) VALUES ($1, $2, $3::jsonb) ON CONFLICT DO NOTHING RETURNING id`, [
    event.id,
    event.name,
    JSON.stringify(event),
  ]);
  return rows.length === 1;
}

type NewRun = Pick<Run, "id" | "functionId" | "event" | "workspaceId" | "parentRunId" | "parentStepId"> & {
  readonly singletonKey: string | null;
  readonly replayOf?: string;
  readonly steps?: Run["steps"];
  readonly stack?: Run["stack"];
};

export async function addRun(sql: RawSql, run: NewRun, now: number): Promise<void> {
  await sql.query(
    `INSERT INTO "EngineRun" (id, "functionId", "workspaceId", "eventId", event, status, steps, stack, "singletonKey", "parentRunId", "parentStepId", "replayOf", "queuedAt")
     VALUES ($1::uuid, $2, $3::uuid, $4, $5::jsonb, 'running', $6::jsonb, $7::jsonb, $8, $9::uuid, $10, $11::uuid, $12::timestamptz)`,
    [
      run.id,
      run.functionId,
      run.workspaceId,
      run.event.id,
      JSON.stringify(run.event),
      JSON.stringify(run.steps ?? {}),
      JSON.stringify(run.stack ?? []),
      run.singletonKey,
      run.parentRunId,
      run.parentStepId,
      run.replayOf ?? null,
      iso(now),
    ],
  );
}

export async function findRun(sql: RawSql, runId: string): Promise<Run | null> {
  const [row] = await sql.query<Run>(`SELECT ${COLUMNS} FROM "EngineRun" WHERE id = $1::uuid`, [runId]);
  return row ?? null;
}

/** The run, held against others until the transaction ends. */
export async function lockRun(sql: RawSql, runId: string): Promise<Run | null> {
  const [row] = await sql.query<Run>(`SELECT ${COLUMNS} FROM "EngineRun" WHERE id = $1::uuid FOR UPDATE`, [runId]);
  return row ?? null;
}

/** Runs under way of one singleton key. */
export function runningOf(sql: RawSql, singletonKey: string): Promise<Run[]> {
  return sql.query<Run>(`SELECT ${COLUMNS} FROM "EngineRun" WHERE "singletonKey" = $1 AND status = 'running'`, [singletonKey]);
}

/** True for the first call of the run. */
export async function markStarted(sql: RawSql, runId: string, now: number): Promise<boolean> {
  const rows = await sql.query(`UPDATE "EngineRun" SET "startedAt" = $2::timestamptz WHERE id = $1::uuid AND "startedAt" IS NULL RETURNING id`, [
    runId,
    iso(now),
  ]);
  return rows.length === 1;
}

/** Remembers a step's result; the first one counts. */
export async function memo(sql: RawSql, runId: string, stepId: string, value: Json): Promise<void> {
  await sql.query(
    `UPDATE "EngineRun" SET steps = jsonb_set(steps, ARRAY[$2], $3::jsonb), stack = stack || to_jsonb($2::text) WHERE id = $1::uuid AND NOT jsonb_exists(steps, $2)`,
    [runId, stepId, JSON.stringify(value)],
  );
}

/** False when it had ended before. Its waits and the jobs that nobody is at end with it. */
export async function closeRun(
  sql: RawSql,
  runId: string,
  end: { readonly status: Exclude<RunStatus, "running">; readonly output: Json; readonly reason: string | null },
  now: number,
): Promise<boolean> {
  const rows = await sql.query(
    `UPDATE "EngineRun" SET status = $2, output = $3::jsonb, reason = $4, "endedAt" = $5::timestamptz WHERE id = $1::uuid AND status = 'running' RETURNING id`,
    [runId, end.status, JSON.stringify(end.output), end.reason, iso(now)],
  );
  if (rows.length === 0) return false;
  await sql.query(`DELETE FROM "EngineWait" WHERE "runId" = $1::uuid`, [runId]);
  await sql.query(`DELETE FROM "EngineJob" WHERE "runId" = $1::uuid AND "leaseUntil" IS NULL`, [runId]);
  return true;
}
