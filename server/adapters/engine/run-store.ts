import type { RawSql } from "@/server/adapters/db/database";
import type { Json } from "@/server/shared";
import { iso } from "./engine-sql";
import type { CalledRun, EngineEvent, Run, RunStatus } from "./engine-types";

const COLUMNS = `id, "functionId", "workspaceId", event, status, steps, stack, "parentRunId", "parentStepId", "startedAt"::text AS "startedAt"`;

/** Writes the events down; returns those that are new, in their order: the same id is the same event. */
export async function addEvents(sql: RawSql, events: readonly EngineEvent[]): Promise<EngineEvent[]> {
  const rows = await sql.query<{ id: string }>(
    `INSERT INTO "EngineEvent" (id, name, body) SELECT e->>'id', e->>'name', e FROM jsonb_array_elements($1::jsonb) AS e ON CONFLICT DO NOTHING RETURNING id`,
    [JSON.stringify(events)],
  );
  const fresh = new Set(rows.map((r) => r.id));
  return events.filter((e) => fresh.delete(e.id));
}

export type NewRun = Pick<Run, "id" | "functionId" | "event" | "workspaceId" | "parentRunId" | "parentStepId"> & {
  readonly singletonKey: string | null;
  readonly replayOf?: string;
  readonly steps?: Run["steps"];
  readonly stack?: Run["stack"];
};

export const addRun = (sql: RawSql, run: NewRun, now: number): Promise<void> => addRuns(sql, [run], now);

/** Begins runs that are to be called from now on. */
export async function addRuns(sql: RawSql, runs: readonly NewRun[], now: number): Promise<void> {
  await sql.query(
    `INSERT INTO "EngineRun" (id, "functionId", "workspaceId", "eventId", event, status, steps, stack, "singletonKey", "parentRunId", "parentStepId", "replayOf", "queuedAt")
     SELECT id, "functionId", "workspaceId", event->>'id', event, 'running', coalesce(steps, '{}'), coalesce(stack, '[]'), "singletonKey", "parentRunId", "parentStepId", "replayOf", $2::timestamptz
     FROM jsonb_to_recordset($1::jsonb) AS n(id uuid, "functionId" text, "workspaceId" uuid, event jsonb, steps jsonb, stack jsonb, "singletonKey" text,
                                             "parentRunId" uuid, "parentStepId" text, "replayOf" uuid)`,
    [JSON.stringify(runs), iso(now)],
  );
}

/** Runs as they are called, with how many of their planned steps are unfinished, all seen at one moment; the first call of each is noted. */
export async function beginCalls(sql: RawSql, runIds: readonly string[], now: number): Promise<CalledRun[]> {
  const runs = await sql.query<Run & { openSteps: number }>(
    `SELECT ${COLUMNS}, (SELECT count(*)::int FROM "EngineJob" j WHERE j."runId" = r.id AND j."stepId" <> 'step') AS "openSteps"
     FROM "EngineRun" r WHERE id = ANY($1::uuid[]) AND status = 'running'`,
    [runIds],
  );
  const fresh = runs.filter((r) => r.startedAt === null).map((r) => r.id);
  const begun = new Set(
    fresh.length === 0
      ? []
      : (
          await sql.query<{ id: string }>(
            `UPDATE "EngineRun" SET "startedAt" = $2::timestamptz WHERE id = ANY($1::uuid[]) AND "startedAt" IS NULL RETURNING id`,
            [fresh, iso(now)],
          )
        ).map((r) => r.id),
  );
  return runs.map((r) => ({ ...r, begins: begun.has(r.id) }));
}

export async function findRun(sql: RawSql, runId: string): Promise<Run | null> {
  const [row] = await sql.query<Run>(`SELECT ${COLUMNS} FROM "EngineRun" WHERE id = $1::uuid`, [runId]);
  return row ?? null;
}

/** Runs under way of one singleton key. */
export function runningOf(sql: RawSql, singletonKey: string): Promise<Run[]> {
  return sql.query<Run>(`SELECT ${COLUMNS} FROM "EngineRun" WHERE "singletonKey" = $1 AND status = 'running'`, [singletonKey]);
}

/** Remembers a step's result; the first one counts. */
export async function memo(sql: RawSql, runId: string, stepId: string, value: Json): Promise<void> {
  await sql.query(
    `UPDATE "EngineRun" SET steps = jsonb_set(steps, ARRAY[$2], $3::jsonb), stack = stack || to_jsonb($2::text) WHERE id = $1::uuid AND NOT jsonb_exists(steps, $2)`,
    [runId, stepId, JSON.stringify(value)],
  );
}

/** `awaited`: some run waits for the end of another. Null when it had ended before. Its waits and the jobs that nobody is at end with it. */
export async function closeRun(
  sql: RawSql,
  runId: string,
  end: { readonly status: Exclude<RunStatus, "running">; readonly output: Json; readonly reason: string | null },
  now: number,
): Promise<{ readonly awaited: boolean } | null> {
  const [row] = await sql.query<{ awaited: boolean }>(
    `WITH closed AS (UPDATE "EngineRun" SET status = $2, output = $3::jsonb, reason = $4, "endedAt" = $5::timestamptz WHERE id = $1::uuid AND status = 'running' RETURNING id),
       waits AS (DELETE FROM "EngineWait" WHERE "runId" IN (SELECT id FROM closed)),
       jobs AS (DELETE FROM "EngineJob" WHERE "runId" IN (SELECT id FROM closed) AND "leaseUntil" IS NULL)
     SELECT EXISTS (SELECT 1 FROM "EngineWait" WHERE "eventName" LIKE 'inngest/function.%' AND "runId" <> $1::uuid) AS awaited FROM closed`,
    [runId, end.status, JSON.stringify(end.output), end.reason, iso(now)],
  );
  return row ?? null;
}

/** Cancels the runs whose first call has not begun by its time, at most `limit` of them, and returns them. */
export function closeLate(sql: RawSql, now: number, limit: number): Promise<Run[]> {
  return sql.query<Run>(
    `WITH due AS MATERIALIZED (SELECT id, "runId" FROM "EngineJob" WHERE "startBy" <= $1::timestamptz AND "leaseUntil" IS NULL
                               ORDER BY "startBy" LIMIT $2::int FOR UPDATE SKIP LOCKED),
       late AS (SELECT due.id, due."runId" FROM due JOIN "EngineRun" r ON r.id = due."runId" WHERE r."startedAt" IS NULL AND r.status = 'running'
                FOR UPDATE OF r SKIP LOCKED),
       jobs AS (DELETE FROM "EngineJob" j USING late WHERE j.id = late.id),
       waits AS (DELETE FROM "EngineWait" w USING late WHERE w."runId" = late."runId")
     UPDATE "EngineRun" r SET status = 'cancelled', output = 'null'::jsonb, reason = 'It did not start in time.', "endedAt" = $1::timestamptz
       FROM late WHERE r.id = late."runId" RETURNING ${COLUMNS.replace("id,", "r.id,")}`,
    [iso(now), limit],
  );
}
