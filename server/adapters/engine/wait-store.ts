import type { RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { iso } from "./engine-sql";
import type { EngineEvent } from "./engine-types";

/** sleep, event, invoke: a step that ends by time, by an event or by another run. cancel: an event that ends the run. finish: a time that ends it. */
export type WaitKind = "sleep" | "event" | "invoke" | "cancel" | "finish";
export type Wait = {
  readonly id: string;
  readonly runId: string;
  readonly stepId: string;
  readonly kind: WaitKind;
  readonly expression: string | null;
};
export type NewWait = {
  readonly kind: WaitKind;
  readonly until: number | null;
  readonly eventName?: string;
  readonly expression?: string | undefined;
};

/** The statement that adds a wait unless it is there or its step is over; its last five parameters, from number `from` on, are {@link waitValues}. */
export const INSERT_WAIT = (runId: string, stepId: string, from: number): string =>
  `INSERT INTO "EngineWait" (id, "runId", "stepId", kind, "eventName", expression, until)
   SELECT $${from}::uuid, ${runId}, ${stepId}, $${from + 1}::text, $${from + 2}::text, $${from + 3}::text, $${from + 4}::timestamptz
   WHERE NOT EXISTS (SELECT 1 FROM "EngineWait" WHERE "runId" = ${runId} AND "stepId" = ${stepId} AND kind = $${from + 1}::text)
     AND NOT EXISTS (SELECT 1 FROM "EngineRun" WHERE id = ${runId} AND jsonb_exists(steps, ${stepId})) RETURNING id`;

export const waitValues = (wait: NewWait): unknown[] => [
  newId(),
  wait.kind,
  wait.eventName ?? null,
  wait.expression ?? null,
  wait.until === null ? null : iso(wait.until),
];

/** Adds a wait that is no step's own: a cancellation or a timeout. */
export async function addWait(sql: RawSql, runId: string, stepId: string, wait: NewWait): Promise<void> {
  await sql.query(INSERT_WAIT("$1::uuid", "$2::text", 3), [runId, stepId, ...waitValues(wait)]);
}

/** Waits whose time has come, taken out; sleeps are {@link endSleeps}' own. */
export function takeDue(sql: RawSql, now: number): Promise<Wait[]> {
  return sql.query<Wait>(
    `DELETE FROM "EngineWait" WHERE until <= $1::timestamptz AND kind <> 'sleep' RETURNING id, "runId", "stepId", kind, expression`,
    [iso(now)],
  );
}

/** Ends the sleeps whose time has come, at most `limit` of them, and remembers that; returns the runs that go on. */
export function endSleeps(sql: RawSql, now: number, limit: number): Promise<{ id: string; functionId: string; event: EngineEvent }[]> {
  return sql.query(
    `WITH due AS (DELETE FROM "EngineWait" WHERE id IN (SELECT id FROM "EngineWait" WHERE until <= $1::timestamptz AND kind = 'sleep' ORDER BY until LIMIT $2::int FOR UPDATE SKIP LOCKED)
                  RETURNING "runId", "stepId"),
       traced AS (UPDATE "EngineStep" s SET status = 'completed', "endedAt" = $1::timestamptz FROM due
                   WHERE s."runId" = due."runId" AND s."stepId" = due."stepId" AND s.status = 'waiting'),
       over AS (SELECT "runId", jsonb_object_agg("stepId", NULL::text) AS steps, jsonb_agg("stepId") AS stack FROM due GROUP BY "runId")
     UPDATE "EngineRun" r SET steps = over.steps || r.steps, stack = r.stack || over.stack FROM over
      WHERE r.id = over."runId" AND r.status = 'running' RETURNING r.id, r."functionId", r.event`,
    [iso(now), limit],
  );
}

/** What waits for an event of this name, with the event that started each run. */
export function waitingFor(sql: RawSql, eventName: string, now: number): Promise<(Wait & { event: EngineEvent })[]> {
  return sql.query(
    `SELECT w.id, w."runId", w."stepId", w.kind, w.expression, r.event FROM "EngineWait" w JOIN "EngineRun" r ON r.id = w."runId"
     WHERE w."eventName" = $1 AND r.status = 'running' AND (w.until IS NULL OR w.until > $2::timestamptz) ORDER BY w.id`,
    [eventName, iso(now)],
  );
}

export async function anybodyWaits(sql: RawSql, eventName: string): Promise<boolean> {
  return (await sql.query(`SELECT 1 FROM "EngineWait" WHERE "eventName" = $1 LIMIT 1`, [eventName])).length > 0;
}

/** True for the one who takes it. */
export async function takeWait(sql: RawSql, id: string): Promise<boolean> {
  return (await sql.query(`DELETE FROM "EngineWait" WHERE id = $1::uuid RETURNING id`, [id])).length === 1;
}

export async function dropWait(sql: RawSql, runId: string, stepId: string, kind: WaitKind): Promise<boolean> {
  const rows = await sql.query(`DELETE FROM "EngineWait" WHERE "runId" = $1::uuid AND "stepId" = $2 AND kind = $3 RETURNING id`, [
    runId,
    stepId,
    kind,
  ]);
  return rows.length === 1;
}
