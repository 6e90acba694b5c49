import type { RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { iso } from "./engine-sql";
import type { Job, Throttle } from "./engine-types";

/** Any process that claims work holds this lock meanwhile, so that concurrency limits are counted by one at a time. */
const CLAIM_LOCK = 7_301_201;
/** Due jobs looked at in one round: far more than one key's queue, so that one that waits for itself does not hide the others. */
const DUE_AT_MOST = 1000;
/** First a few are looked at, as nearly always those may all begin; the rest only when they leave room. */
const DUE_AT_FIRST = 48;
/** The third parameter's ms from now, by the database's clock. */
const LEASE_FROM_NOW = `clock_timestamp() + $3::int * interval '1 millisecond'`;

/**
 * Adds a job unless it is there already or its step is done: a function that is called while some of its steps are still at work
 * names them again. A call of the whole function ("step") that has begun counts as past: it may have missed what this one is for.
 */
export const addJob = (sql: RawSql, job: Omit<Job, "id">, dueAt: number): Promise<void> => addJobs(sql, [{ ...job, dueAt }]);

/** `startBy`: the run is given up when its first call has not begun by then (wall ms). */
export type NewJob = Omit<Job, "id"> & { readonly dueAt: number; readonly startBy?: number };

/** The same for many at once. Each job's run is looked up by itself: joined, they would be sought among all runs there are. */
export async function addJobs(sql: RawSql, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length === 0) return;
  await sql.query(
    `INSERT INTO "EngineJob" (id, "runId", "functionId", "stepId", "dueAt", rank, "startBy", attempt, concurrency, priority, throttle)
     SELECT id, "runId", "functionId", "stepId", "dueAt", "dueAt" - priority * interval '1 second', "startBy", attempt, concurrency, priority, throttle
     FROM jsonb_to_recordset($1::jsonb) AS n(id uuid, "runId" uuid, "functionId" text, "stepId" text, "dueAt" timestamptz, "startBy" timestamptz, attempt int,
                                             concurrency text[], priority int, throttle jsonb)
     WHERE NOT EXISTS (SELECT 1 FROM "EngineJob" j WHERE j."runId" = n."runId" AND j."stepId" = n."stepId" AND (n."stepId" <> 'step' OR j."leaseUntil" IS NULL))
       AND NOT coalesce((SELECT jsonb_exists(r.steps, n."stepId") FROM "EngineRun" r WHERE r.id = n."runId"), false)`,
    [
      JSON.stringify(
        jobs.map((job) => ({ ...job, id: newId(), dueAt: iso(job.dueAt), startBy: job.startBy === undefined ? null : iso(job.startBy) })),
      ),
    ],
  );
}

/**
 * Due jobs that their concurrency limits allow now, leased to `owner`. Those with a higher priority go ahead by as many seconds.
 * What is due is a matter of the caller's clock (`now`); leases go by the database's own, so that a clock that jumps gives no job to two.
 */
export async function claimJobs(sql: RawSql, owner: string, now: number, leaseMs: number, limit: number): Promise<Job[]> {
  await sql.query(`SELECT pg_advisory_xact_lock($1)::text`, [CLAIM_LOCK]);
  const first = await dueJobs(sql, now, DUE_AT_FIRST);
  if (first.length === 0) return [];
  const busy = await atWork(sql);
  const taken = await choose(sql, first, busy, now, limit);
  if (taken.length < limit && first.length === DUE_AT_FIRST) {
    const seen = new Set(first.map((j) => j.id));
    const others = (await dueJobs(sql, now, DUE_AT_MOST)).filter((j) => !seen.has(j.id));
    taken.push(...(await choose(sql, others, busy, now, limit - taken.length)));
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

const dueJobs = (sql: RawSql, now: number, limit: number): Promise<Job[]> =>
  sql.query<Job>(
    `SELECT id, "runId", "functionId", "stepId", attempt, concurrency, priority, throttle FROM "EngineJob"
     WHERE "dueAt" <= $1::timestamptz AND ("leaseUntil" IS NULL OR "leaseUntil" < clock_timestamp())
     ORDER BY rank, id LIMIT $2::int`,
    [iso(now), limit],
  );

/** What is being worked on: jobs by concurrency key, and the runs whose function is called. */
type Busy = { readonly keys: Map<string, number>; readonly runs: Set<string> };

async function atWork(sql: RawSql): Promise<Busy> {
  const rows = await sql.query<Pick<Job, "runId" | "stepId" | "concurrency">>(
    `SELECT "runId", "stepId", concurrency FROM "EngineJob" WHERE "leaseUntil" >= clock_timestamp()`,
  );
  const busy: Busy = { keys: new Map(), runs: new Set() };
  for (const row of rows) count(busy, row);
  return busy;
}

function count(busy: Busy, job: Pick<Job, "runId" | "stepId" | "concurrency">): void {
  // Two calls of one function for one run at once would each run the next step: one after the other.
  if (job.stepId === "step") busy.runs.add(job.runId);
  for (const key of job.concurrency) busy.keys.set(key, (busy.keys.get(key) ?? 0) + 1);
}

/** Those of the due jobs, in their order, that may begin; counted as busy from then on. */
async function choose(sql: RawSql, due: readonly Job[], busy: Busy, now: number, limit: number): Promise<Job[]> {
  const taken: Job[] = [];
  for (const job of due) {
    if (taken.length === limit) break;
    if (job.stepId === "step" && busy.runs.has(job.runId)) continue;
    if (!job.concurrency.every((k) => (busy.keys.get(k) ?? 0) < Number(k.slice(k.lastIndexOf("|") + 1)))) continue;
    if (job.throttle && !(await throttle(sql, job.id, job.throttle, now))) continue;
    count(busy, job);
    taken.push(job);
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
    await sql.query(`UPDATE "EngineJob" SET "dueAt" = $2::timestamptz, rank = $2::timestamptz - priority * interval '1 second' WHERE id = $1::uuid`, [
      jobId,
      iso(Math.ceil(begin)),
    ]);
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

/**
 * Ends the job and holds its run against others until the transaction ends. False when the lease was lost meanwhile (whoever took the job
 * writes its result, this one does not) or the run has ended, cancelled say: its result counts for nothing.
 */
export async function finishJob(sql: RawSql, jobId: string, owner: string): Promise<boolean> {
  const rows = await sql.query(
    `WITH gone AS (DELETE FROM "EngineJob" WHERE id = $1::uuid AND "leaseOwner" = $2 RETURNING "runId")
     SELECT 1 FROM "EngineRun" WHERE id = (SELECT "runId" FROM gone) AND status = 'running' FOR UPDATE`,
    [jobId, owner],
  );
  return rows.length === 1;
}

/** The call goes on after steps were saved in the middle of it: its tries are counted anew. False as with {@link finishJob}. */
export async function keepJob(sql: RawSql, jobId: string, owner: string, leaseMs: number): Promise<boolean> {
  const rows = await sql.query(
    `WITH kept AS (UPDATE "EngineJob" SET attempt = 0, "leaseUntil" = ${LEASE_FROM_NOW} WHERE id = $1::uuid AND "leaseOwner" = $2 RETURNING "runId")
     SELECT 1 FROM "EngineRun" WHERE id = (SELECT "runId" FROM kept) AND status = 'running' FOR UPDATE`,
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
