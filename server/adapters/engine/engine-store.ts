import type { Database, RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import type { Json } from "@/server/shared";

export type EngineEvent = { readonly id: string; readonly name: string; readonly data: Json; readonly ts: number };
export type Job = {
  readonly id: string;
  readonly runId: string;
  readonly functionId: string;
  readonly stepId: string;
  readonly attempt: number;
  readonly concurrency: string[];
};
export type Run = {
  readonly id: string;
  readonly functionId: string;
  readonly event: EngineEvent;
  readonly status: string;
  readonly steps: Record<string, Json>;
  readonly stack: string[];
};

const iso = (ms: number): string => new Date(ms).toISOString();
/** Any process that claims work holds this lock meanwhile, so that concurrency limits are counted by one at a time. */
const CLAIM_LOCK = 7_301_201;
/** Due jobs looked at in one round: far more than one key's queue, so that one that waits for itself does not hide the others. */
const DUE_AT_MOST = 1000;

/** Runs, jobs, sleeps and events of the embedded executor, in the product's own database. */
export class EngineStore {
  constructor(private readonly db: Database) {}

  transaction<T>(run: (sql: RawSql) => Promise<T>): Promise<T> {
    return this.db.raw.transaction(run);
  }

  /** True when the event is new: the same id is the same event. */
  async addEvent(sql: RawSql, event: EngineEvent): Promise<boolean> {
    const rows = await sql.query(`INSERT INTO "EngineEvent" (id, name, body) VALUES ($1, $2, $3::jsonb) ON CONFLICT DO NOTHING RETURNING id`, [
      event.id,
      event.name,
      JSON.stringify(event),
    ]);
    return rows.length === 1;
  }

  /** True when nobody has used this idempotency key since `now`. */
  async takeKey(sql: RawSql, key: string, now: number, until: number): Promise<boolean> {
    const rows = await sql.query(
      `INSERT INTO "EngineKey" (key, until) VALUES ($1, $2::timestamptz) ON CONFLICT (key) DO UPDATE SET until = EXCLUDED.until WHERE "EngineKey".until < $3::timestamptz RETURNING key`,
      [key, iso(until), iso(now)],
    );
    return rows.length === 1;
  }

  async startRun(sql: RawSql, functionId: string, event: EngineEvent, concurrency: readonly string[], dueAt: number): Promise<string> {
    const id = newId();
    await sql.query(
      `INSERT INTO "EngineRun" (id, "functionId", "eventId", event, status, steps, stack) VALUES ($1::uuid, $2, $3, $4::jsonb, 'running', '{}'::jsonb, '[]'::jsonb)`,
      [id, functionId, event.id, JSON.stringify(event)],
    );
    await this.addJob(sql, { runId: id, functionId, stepId: "step", attempt: 0, concurrency: [...concurrency] }, dueAt);
    return id;
  }

  /**
   * Adds a job unless it is there already or its step is done: a function that is called while some of its steps are still at work
   * names them again. A call of the whole function ("step") that has begun counts as past: it may have missed what this one is for.
   */
  async addJob(sql: RawSql, job: Omit<Job, "id">, dueAt: number): Promise<void> {
    await sql.query(
      `INSERT INTO "EngineJob" (id, "runId", "functionId", "stepId", "dueAt", attempt, concurrency)
       SELECT $1::uuid, $2::uuid, $3, $4::text, $5::timestamptz, $6::int, $7::text[]
       WHERE NOT EXISTS (SELECT 1 FROM "EngineJob" WHERE "runId" = $2::uuid AND "stepId" = $4::text AND ("stepId" <> 'step' OR "leaseUntil" IS NULL))
         AND NOT EXISTS (SELECT 1 FROM "EngineRun" WHERE id = $2::uuid AND jsonb_exists(steps, $4::text))`,
      [newId(), job.runId, job.functionId, job.stepId, iso(dueAt), job.attempt, job.concurrency],
    );
  }

  /** Due jobs that their concurrency limits allow now, leased to `owner`. */
  claim(owner: string, now: number, leaseMs: number, limit: number): Promise<Job[]> {
    return this.db.raw.transaction(async (sql) => {
      await sql.query(`SELECT pg_advisory_xact_lock($1)::text`, [CLAIM_LOCK]);
      const due = await sql.query<Job>(
        `SELECT id, "runId", "functionId", "stepId", attempt, concurrency FROM "EngineJob" WHERE "dueAt" <= $1::timestamptz AND ("leaseUntil" IS NULL OR "leaseUntil" < $1::timestamptz) ORDER BY "dueAt", id LIMIT $2::int`,
        [iso(now), DUE_AT_MOST],
      );
      if (due.length === 0) return [];
      const busyRows = await sql.query<{ key: string; n: number }>(
        `SELECT k AS key, count(*)::int AS n FROM "EngineJob", unnest(concurrency) AS k WHERE "leaseUntil" >= $1::timestamptz GROUP BY k`,
        [iso(now)],
      );
      const busy = new Map(busyRows.map((r) => [r.key, r.n]));
      // Two calls of one function for one run at once would each run the next step: one after the other.
      const calledRows = await sql.query<{ runId: string }>(
        `SELECT "runId" FROM "EngineJob" WHERE "stepId" = 'step' AND "leaseUntil" >= $1::timestamptz`,
        [iso(now)],
      );
      const called = new Set(calledRows.map((r) => r.runId));
      const taken: Job[] = [];
      for (const job of due) {
        if (taken.length === limit) break;
        if (job.stepId === "step" && called.has(job.runId)) continue;
        if (!job.concurrency.every((k) => (busy.get(k) ?? 0) < Number(k.slice(k.lastIndexOf("|") + 1)))) continue;
        if (job.stepId === "step") called.add(job.runId);
        for (const k of job.concurrency) busy.set(k, (busy.get(k) ?? 0) + 1);
        taken.push(job);
      }
      if (taken.length > 0) {
        await sql.query(`UPDATE "EngineJob" SET "leaseOwner" = $2, "leaseUntil" = $3::timestamptz WHERE id = ANY($1::uuid[])`, [
          taken.map((j) => j.id),
          owner,
          iso(now + leaseMs),
        ]);
      }
      return taken;
    });
  }

  async renew(jobIds: readonly string[], owner: string, until: number): Promise<void> {
    await this.db.raw.query(`UPDATE "EngineJob" SET "leaseUntil" = $3::timestamptz WHERE id = ANY($1::uuid[]) AND "leaseOwner" = $2`, [
      jobIds,
      owner,
      iso(until),
    ]);
  }

  /** False when the lease was lost meanwhile: whoever took the job writes its result, this one does not. */
  async finishJob(sql: RawSql, job: Job, owner: string): Promise<boolean> {
    const rows = await sql.query(`DELETE FROM "EngineJob" WHERE id = $1::uuid AND "leaseOwner" = $2 RETURNING id`, [job.id, owner]);
    return rows.length === 1;
  }

  async run(runId: string): Promise<Run | null> {
    const rows = await this.db.raw.query<Run>(`SELECT id, "functionId", event, status, steps, stack FROM "EngineRun" WHERE id = $1::uuid`, [runId]);
    return rows[0] ?? null;
  }

  /** Remembers a step's result; the first one counts. */
  async memo(sql: RawSql, runId: string, stepId: string, value: Json): Promise<void> {
    await sql.query(
      `UPDATE "EngineRun" SET steps = jsonb_set(steps, ARRAY[$2], $3::jsonb), stack = stack || to_jsonb($2::text) WHERE id = $1::uuid AND NOT jsonb_exists(steps, $2)`,
      [runId, stepId, JSON.stringify(value)],
    );
  }

  /** Adds a sleep unless it is running or over: a function that is called meanwhile names it again. */
  async addSleep(sql: RawSql, runId: string, stepId: string, until: number): Promise<void> {
    await sql.query(
      `INSERT INTO "EngineWait" (id, "runId", "stepId", kind, until)
       SELECT $1::uuid, $2::uuid, $3::text, 'sleep', $4::timestamptz
       WHERE NOT EXISTS (SELECT 1 FROM "EngineWait" WHERE "runId" = $2::uuid AND "stepId" = $3::text)
         AND NOT EXISTS (SELECT 1 FROM "EngineRun" WHERE id = $2::uuid AND jsonb_exists(steps, $3::text))`,
      [newId(), runId, stepId, iso(until)],
    );
  }

  /** Sleeps that are over, taken out; their runs go on. */
  async wakeSleepers(now: number, concurrencyOf: (run: Run) => readonly string[]): Promise<number> {
    return this.db.raw.transaction(async (sql) => {
      const over = await sql.query<{ runId: string; stepId: string }>(
        `DELETE FROM "EngineWait" WHERE until <= $1::timestamptz RETURNING "runId", "stepId"`,
        [iso(now)],
      );
      for (const w of over) {
        await this.memo(sql, w.runId, w.stepId, null);
        const [run] = await sql.query<Run>(`SELECT id, "functionId", event, status, steps, stack FROM "EngineRun" WHERE id = $1::uuid`, [w.runId]);
        if (run?.status === "running")
          await this.addJob(
            sql,
            { runId: run.id, functionId: run.functionId, stepId: "step", attempt: 0, concurrency: [...concurrencyOf(run)] },
            now,
          );
      }
      return over.length;
    });
  }

  /** Planned steps of the run that have not finished. */
  async openSteps(sql: RawSql, runId: string): Promise<number> {
    const [row] = await sql.query<{ n: number }>(`SELECT count(*)::int AS n FROM "EngineJob" WHERE "runId" = $1::uuid AND "stepId" <> 'step'`, [
      runId,
    ]);
    return row?.n ?? 0;
  }

  async hasOpenSteps(runId: string): Promise<boolean> {
    return (await this.openSteps(this.db.raw, runId)) > 0;
  }

  async endRun(sql: RawSql, runId: string, status: "completed" | "failed", output: Json, now: number): Promise<void> {
    await sql.query(`UPDATE "EngineRun" SET status = $2, output = $3::jsonb, "endedAt" = $4::timestamptz WHERE id = $1::uuid`, [
      runId,
      status,
      JSON.stringify(output),
      iso(now),
    ]);
    await sql.query(`DELETE FROM "EngineWait" WHERE "runId" = $1::uuid`, [runId]);
  }

  /** True for the one caller that may fire this cron instant. */
  async fireCron(sql: RawSql, key: string, at: number): Promise<boolean> {
    const rows = await sql.query(
      `INSERT INTO "EngineCron" AS c (key, "lastAt") VALUES ($1, $2::timestamptz) ON CONFLICT (key) DO UPDATE SET "lastAt" = EXCLUDED."lastAt" WHERE c."lastAt" < EXCLUDED."lastAt" RETURNING key`,
      [key, iso(at)],
    );
    return rows.length === 1;
  }

  /** When the next job or sleep is due (wall ms); null when there is none. */
  async nextDue(): Promise<number | null> {
    const [row] = await this.db.raw.query<{ at: string | null }>(
      `SELECT (extract(epoch FROM least((SELECT min("dueAt") FROM "EngineJob" WHERE "leaseUntil" IS NULL), (SELECT min(until) FROM "EngineWait"))) * 1000)::bigint::text AS at`,
    );
    return row?.at ? Number(row.at) : null;
  }

  /** Leases of a process that is gone. Only where one process owns the database. */
  async dropLeases(): Promise<void> {
    await this.db.raw.query(`UPDATE "EngineJob" SET "leaseOwner" = NULL, "leaseUntil" = NULL`);
  }

  /** Forgets runs, events and keys that ended before `before`. */
  async deleteBefore(before: number): Promise<void> {
    await this.db.raw.query(`DELETE FROM "EngineRun" WHERE "endedAt" < $1::timestamptz`, [iso(before)]);
    await this.db.raw.query(`DELETE FROM "EngineEvent" WHERE "receivedAt" < $1::timestamptz`, [iso(before)]);
    await this.db.raw.query(`DELETE FROM "EngineKey" WHERE until < $1::timestamptz`, [iso(before)]);
  }
}
