import type { RawSql } from "@/server/adapters/db/database";
import { newId } from "@/server/adapters/db/new-id";
import { iso, lockKey } from "./engine-sql";
import type { EngineEvent } from "./engine-types";

/** True when nobody has used this idempotency key since `now`; it is then taken until `until` (wall ms). */
export async function takeKey(sql: RawSql, key: string, now: number, until: number): Promise<boolean> {
  const rows = await sql.query(
    `INSERT INTO "EngineKey" (key, until) VALUES ($1, $2::timestamptz) ON CONFLICT (key) DO UPDATE SET until = EXCLUDED.until WHERE "EngineKey".until < $3::timestamptz RETURNING key`,
    [key, iso(until), iso(now)],
  );
  return rows.length === 1;
}

/** True when fewer than `limit` starts lie within the last `periodMs`; this one is then counted. */
export async function takeStart(
  sql: RawSql,
  key: string,
  rate: { readonly limit: number; readonly periodMs: number },
  now: number,
): Promise<boolean> {
  await lockKey(sql, key);
  const rows = await sql.query(
    `INSERT INTO "EngineStart" (id, key, at) SELECT $1::uuid, $2::text, $3::timestamptz
     WHERE (SELECT count(*) FROM "EngineStart" WHERE key = $2::text AND at > $4::timestamptz) < $5::int RETURNING id`,
    [newId(), key, iso(now), iso(now - rate.periodMs), rate.limit],
  );
  return rows.length === 1;
}

/** Puts the event in the place of the one that waited under this key; runs `periodMs` after the last, at the latest `timeoutMs` after the first. */
export async function debounce(
  sql: RawSql,
  key: string,
  functionId: string,
  event: EngineEvent,
  rule: { readonly periodMs: number; readonly timeoutMs: number | null },
  now: number,
): Promise<void> {
  await sql.query(
    `INSERT INTO "EngineDebounce" AS d (key, "functionId", event, "firstAt", "dueAt") VALUES ($1, $2, $3::jsonb, $4::timestamptz, $5::timestamptz)
     ON CONFLICT (key) DO UPDATE SET event = EXCLUDED.event,
       "dueAt" = CASE WHEN $6::int IS NULL THEN EXCLUDED."dueAt" ELSE least(EXCLUDED."dueAt", d."firstAt" + $6::int * interval '1 millisecond') END`,
    [key, functionId, JSON.stringify(event), iso(now), iso(now + rule.periodMs), rule.timeoutMs],
  );
}

/** Debounced events whose time has come, taken out. */
export function takeDebounced(sql: RawSql, now: number): Promise<{ functionId: string; event: EngineEvent }[]> {
  return sql.query(`DELETE FROM "EngineDebounce" WHERE "dueAt" <= $1::timestamptz RETURNING "functionId", event`, [iso(now)]);
}

/** True for the one caller that may fire this cron instant. */
export async function fireCron(sql: RawSql, key: string, at: number): Promise<boolean> {
  const rows = await sql.query(
    `INSERT INTO "EngineCron" AS c (key, "lastAt") VALUES ($1, $2::timestamptz) ON CONFLICT (key) DO UPDATE SET "lastAt" = EXCLUDED."lastAt" WHERE c."lastAt" < EXCLUDED."lastAt" RETURNING key`,
    [key, iso(at)],
  );
  return rows.length === 1;
}
