import type { RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import type { Json } from "@/server/shared";
import { iso } from "./engine-sql";

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

/** Writes down one try of a step, or a wait that begins. */
export async function traceStep(sql: RawSql, t: StepTrace): Promise<void> {
  await sql.query(
    `INSERT INTO "EngineStep" (id, "runId", "stepId", name, op, attempt, status, error, "startedAt", "endedAt")
     VALUES ($1::uuid, $2::uuid, $3, $4, $5, $6::int, $7, $8::jsonb, $9::timestamptz, $10::timestamptz)`,
    [
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
    ],
  );
}

/** The wait of this step is over. */
export async function traceWaitEnd(sql: RawSql, runId: string, stepId: string, status: "completed" | "failed", now: number): Promise<void> {
  await sql.query(
    `UPDATE "EngineStep" SET status = $3, "endedAt" = $4::timestamptz WHERE "runId" = $1::uuid AND "stepId" = $2 AND status = 'waiting'`,
    [runId, stepId, status, iso(now)],
  );
}
