import type { RawSql } from "@/server/adapters/db/database";

/** Wall ms as the text of a timestamp. */
export const iso = (ms: number): string => new Date(ms).toISOString();

/** One at a time for all processes, until the transaction ends. */
export async function lockKey(sql: RawSql, key: string): Promise<void> {
  await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended($1, 7301201))::text`, [key]);
}

/** When the next job, wait or debounced event is due (wall ms); null when there is none. */
export async function nextDue(sql: RawSql): Promise<number | null> {
  const [row] = await sql.query<{ at: string | null }>(
    `SELECT (extract(epoch FROM least(
       (SELECT min("dueAt") FROM "EngineJob" WHERE "leaseUntil" IS NULL),
       (SELECT min(until) FROM "EngineWait"),
       (SELECT min("dueAt") FROM "EngineDebounce"))) * 1000)::bigint::text AS at`,
  );
  return row?.at ? Number(row.at) : null;
}

/** Forgets what ended before `before` (wall ms): runs with their steps, events, keys, starts. */
export async function deleteBefore(sql: RawSql, before: number): Promise<void> {
  const at = [iso(before)];
  await sql.query(`DELETE FROM "EngineStep" s USING "EngineRun" r WHERE r.id = s."runId" AND r."endedAt" < $1::timestamptz`, at);
  await sql.query(`DELETE FROM "EngineRun" WHERE "endedAt" < $1::timestamptz`, at);
  await sql.query(`DELETE FROM "EngineEvent" WHERE "receivedAt" < $1::timestamptz`, at);
  await sql.query(`DELETE FROM "EngineKey" WHERE until < $1::timestamptz`, at);
  await sql.query(`DELETE FROM "EngineStart" WHERE at < $1::timestamptz`, at);
}
