import type { RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import type { Json } from "@/server/shared";
import { iso } from "./engine-sql";
import { INSERT_WAIT, type NewWait, waitValues } from "./wait-store";

export type StepTrace = {
  readonly runId: string;
  readonly stepId: string;
  readonly name: string;
  readonly op: string;
  readonly attempt: number;
  readonly status: "waiting" | "completed" | "failed" | "retrying";
  readonly error?: Json;
  /** Wall ms. */
  readonly startedAt: number;
  readonly endedAt: number | null;
};

const ROW = `(id, "runId", "stepId", name, op, attempt, status, error, "startedAt", "endedAt")`;
const VALUES = `$1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::int, $7::text, $8::jsonb, $9::timestamptz, $10::timestamptz`;
const valuesOf = (t: StepTrace): unknown[] => [
  newId(),
  t.runId,
  t.stepId,
  t.name,
  t.op,
  t.attempt,
  t.status,
  t.error === undefined ? null : JSON.stringify(t.error),
  iso(t.startedAt),
  t.endedAt === null ? null : iso(t.endedAt),
];

/** Writes down one try of a step. */
export async function traceStep(sql: RawSql, t: StepTrace): Promise<void> {
  await sql.query(`INSERT INTO "EngineStep" ${ROW} VALUES (${VALUES})`, valuesOf(t));
}

/** Writes down the step's last try and remembers its result; the first one counts. */
export async function endStep(sql: RawSql, t: StepTrace, result: Json): Promise<void> {
  await sql.query(
    `WITH memo AS (UPDATE "EngineRun" SET steps = jsonb_set(steps, ARRAY[$3::text], $11::jsonb), stack = stack || to_jsonb($3::text)
                    WHERE id = $2::uuid AND NOT jsonb_exists(steps, $3::text))
     INSERT INTO "EngineStep" ${ROW} VALUES (${VALUES})`,
    [...valuesOf(t), JSON.stringify(result)],
  );
}

/** Begins the step's wait, unless it is there or the step is over: a function that is called meanwhile names it again. True when it is new. */
export async function beginWait(sql: RawSql, t: StepTrace, wait: NewWait): Promise<boolean> {
  const rows = await sql.query(
    `WITH begun AS (${INSERT_WAIT("$2::uuid", "$3::text", 11)})
     INSERT INTO "EngineStep" ${ROW} SELECT ${VALUES} FROM begun RETURNING id`,
    [...valuesOf(t), ...waitValues(wait)],
  );
  return rows.length === 1;
}

/** The wait of this step is over. */
export async function traceWaitEnd(sql: RawSql, runId: string, stepId: string, status: "completed" | "failed", now: number): Promise<void> {
  await sql.query(
    `UPDATE "EngineStep" SET status = $3, "endedAt" = $4::timestamptz WHERE "runId" = $1::uuid AND "stepId" = $2 AND status = 'waiting'`,
    [runId, stepId, status, iso(now)],
  );
}
