import type { RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { iso } from "./engine-sql";
import type { Job, Throttle } from "./engine-types";

/** Any process that claims work holds this lock meanwhile, so that concurrency limits are counted by one at a time. */
const CLAIM_LOCK = 7_301_201;
/** Due jobs looked at in one round: far more than one key's queue, so that one that waits for itself does not hide the others. */
const DUE_AT_MOST = 1000;
/** The third parameter's ms from now, by the database's clock. */
const LEASE_FROM_NOW = `clock_timestamp() + $3::int * interval '1 millisecond'`;

/**
 * Adds a job unless it is there already or its step is done: a function that is called while some of its steps are still at work
 * names them again. A call of the whole function ("step") that has begun counts as past: it may have missed what this one is for.
 */
export async function addJob(sql: RawSql, job: Omit<Job, "id">, dueAt: number): Promise<void> {
  await sql.query(
    `INSERT INTO "EngineJob" (id, "runId", "functionId", "stepId", "dueAt", attempt, concurrency, priority, throttle)
     SELECT $1::uuid, $2::uuid, $3, $4::text, $5::timestamptz, $6::int, $7::text[], $8::int, $9::jsonb
     WHERE NOT EXISTS (SELECT 1 FROM "EngineJob" WHERE "runId" = $2::uuid AND "stepId" = $4::text AND ("stepId" <> 'step' OR "leaseUntil" IS NULL))
       AND NOT EXISTS (SELECT 1 FROM "EngineRun" WHERE id = $2::uuid AND jsonb_exists(steps, $4::text))`,
    [
      newId(),
      job.runId,
      job.functionId,
      job.stepId,
      iso(dueAt),
      job.attempt,
      job.concurrency,
      job.priority,
      job.throttle === null ? null : JSON.stringify(job.throttle),
    ],
  );
}

/**
 * Due jobs that their concurrency limits allow now, leased to `owner`. Those with a higher priority go ahead by as many seconds.
 * What is due is a matter of the caller's clock (`now`); leases go by the database's own, so that a clock that jumps gives no job to two.
 */
export async function claimJobs(sql: RawSql, owner: string, now: number, leaseMs: number, limit: number): Promise<Job[]> {
  await sql.query(`SELECT pg_advisory_xact_lock($1)::text`, [CLAIM_LOCK]);
  const due = await sql.query<Job>(
    `SELECT id, "runId", "functionId", "stepId", attempt, concurrency, priority, throttle FROM "EngineJob"
     WHERE "dueAt" <= $1::timestamptz AND ("leaseUntil" IS NULL OR "leaseUntil" < clock_timestamp())
     ORDER BY "dueAt" - priority * interval '1 second', id LIMIT $2::int`,
    [iso(now), DUE_AT_MOST],
  );
  if (due.length === 0) return [];
  const busyRows = await sql.query<{ key: string; n: number }>(
    `SELECT k AS key, count(*)::int AS n FROM "EngineJob", unnest(concurrency) AS k WHERE "leaseUntil" >= clock_timestamp() GROUP BY k`,
  );
  const busy = new Map(busyRows.map((r) => [r.key, r.n]));
  // Two calls of one function for one run at once would each run the next step: one after the other.
  const calledRows = await sql.query<{ runId: string }>(
    `SELECT "runId" FROM "EngineJob" WHERE "stepId" = 'step' AND "leaseUntil" >= clock_timestamp()`,
  );
  const called = new Set(calledRows.map((r) => r.runId));
  const taken: Job[] = [];
  for (const job of due) {
    if (taken.length === limit) break;
    if (job.stepId === "step" && called.has(job.runId)) continue;
    if (!job.concurrency.every((k) => (busy.get(k) ?? 0) < Number(k.slice(k.lastIndexOf("|") + 1)))) continue;
    if (job.throttle && !(await throttle(sql, job.id, job.throttle, now))) continue;
    if (job.stepId === "step") called.add(job.runId);
    for (const k of job.concurrency) busy.set(k, (busy.get(k) ?? 0) + 1);
    taken.push(job);
  }
  if (taken.length > 0) {
    await sql.query(`UPDATE "EngineJob" SET "leaseOwner" = $2, "leaseUntil" = ${LEASE_FROM_NOW}, throttle = NULL WHERE id = ANY($1::uuid[])`, [
      taken.map((j) => j.id),
      owner,
      leaseMs,
    ]);
  }
  return taken;
}

/**
 * True when the job may start now; else it is due when it may. Generic cell rate algorithm (ITU-T I.371) over what has really started:
 * the key's row holds when the next start would be due.
 */
async function throttle(sql: RawSql, jobId: string, { key, intervalMs, burst }: Throttle, now: number): Promise<boolean> {
  const [row] = await sql.query<{ at: string }>(`SELECT (extract(epoch FROM until) * 1000)::bigint::text AS at FROM "EngineKey" WHERE key = $1`, [
    key,
  ]);
  const arrival = Math.max(now, row ? Number(row.at) : now);
  const begin = arrival - (burst - 1) * intervalMs;
  if (begin > now) {
    await sql.query(`UPDATE "EngineJob" SET "dueAt" = $2::timestamptz WHERE id = $1::uuid`, [jobId, iso(Math.ceil(begin))]);
    return false;
  }
  await sql.query(`INSERT INTO "EngineKey" (key, until) VALUES ($1, $2::timestamptz) ON CONFLICT (key) DO UPDATE SET until = EXCLUDED.until`, [
    key,
    iso(Math.ceil(arrival + intervalMs)),
  ]);
  return true;
}

/** Another `leaseMs` from now on by the database's clock. */
export async function renewJobs(sql: RawSql, jobIds: readonly string[], owner: string, leaseMs: number): Promise<void> {
  await sql.query(`UPDATE "EngineJob" SET "leaseUntil" = ${LEASE_FROM_NOW} WHERE id = ANY($1::uuid[]) AND "leaseOwner" = $2`, [
    jobIds,
    owner,
    leaseMs,
  ]);
}

/** False when the lease was lost meanwhile: whoever took the job writes its result, this one does not. */
export async function finishJob(sql: RawSql, jobId: string, owner: string): Promise<boolean> {
  const rows = await sql.query(`DELETE FROM "EngineJob" WHERE id = $1::uuid AND "leaseOwner" = $2 RETURNING id`, [jobId, owner]);
  return rows.length === 1;
}

/** The call goes on after steps were saved in the middle of it: its tries are counted anew. False when the lease was lost. */
export async function keepJob(sql: RawSql, jobId: string, owner: string, leaseMs: number): Promise<boolean> {
  const rows = await sql.query(
    `UPDATE "EngineJob" SET attempt = 0, "leaseUntil" = ${LEASE_FROM_NOW} WHERE id = $1::uuid AND "leaseOwner" = $2 RETURNING id`,
    [jobId, owner, leaseMs],
  );
  return rows.length === 1;
}

/** Planned steps of the run that have not finished. */
export async function openSteps(sql: RawSql, runId: string): Promise<number> {
  const [row] = await sql.query<{ n: number }>(`SELECT count(*)::int AS n FROM "EngineJob" WHERE "runId" = $1::uuid AND "stepId" <> 'step'`, [runId]);
  return row?.n ?? 0;
}

/** Leases of a process that is gone. Only where one process owns the database. */
export async function dropLeases(sql: RawSql): Promise<void> {
  await sql.query(`UPDATE "EngineJob" SET "leaseOwner" = NULL, "leaseUntil" = NULL`);
}
