import type { RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { iso } from "./engine-sql";
import type { EngineEvent } from "./engine-types";

/** sleep, event, invoke: a step that ends by time, by an event or by another run. cancel: an event that ends the run. start, finish: a time that ends it. */
export type WaitKind = "sleep" | "event" | "invoke" | "cancel" | "start" | "finish";
export type Wait = {
  readonly id: string;
  readonly runId: string;
  readonly stepId: string;
  readonly kind: WaitKind;
  readonly expression: string | null;
};
type NewWait = Omit<Wait, "id" | "expression"> & {
  readonly until: number | null;
  readonly eventName?: string;
  readonly expression?: string | undefined;
};

/** Adds a wait unless it is there or its step is over: a function that is called meanwhile names it again. True when it is new. */
export async function addWait(sql: RawSql, wait: NewWait): Promise<boolean> {
  const rows = await sql.query(
    `INSERT INTO "EngineWait" (id, "runId", "stepId", kind, "eventName", expression, until)
     SELECT $1::uuid, $2::uuid, $3::text, $4::text, $5::text, $6::text, $7::timestamptz
     WHERE NOT EXISTS (SELECT 1 FROM "EngineWait" WHERE "runId" = $2::uuid AND "stepId" = $3::text AND kind = $4::text)
       AND NOT EXISTS (SELECT 1 FROM "EngineRun" WHERE id = $2::uuid AND jsonb_exists(steps, $3::text)) RETURNING id`,
    [newId(), wait.runId, wait.stepId, wait.kind, wait.eventName ?? null, wait.expression ?? null, wait.until === null ? null : iso(wait.until)],
  );
  return rows.length === 1;
}

/** Waits whose time has come, taken out. */
export function takeDue(sql: RawSql, now: number): Promise<Wait[]> {
  return sql.query<Wait>(`DELETE FROM "EngineWait" WHERE until <= $1::timestamptz RETURNING id, "runId", "stepId", kind, expression`, [iso(now)]);
}

/** What waits for an event of this name, with the event that started each run. */
export function waitingFor(sql: RawSql, eventName: string, now: number): Promise<(Wait & { event: EngineEvent })[]> {
  return sql.query(
    `SELECT w.id, w."runId", w."stepId", w.kind, w.expression, r.event FROM "EngineWait" w JOIN "EngineRun" r ON r.id = w."runId"
     WHERE w."eventName" = $1 AND r.status = 'running' AND (w.until IS NULL OR w.until > $2::timestamptz) ORDER BY w.id`,
    [eventName, iso(now)],
  );
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
