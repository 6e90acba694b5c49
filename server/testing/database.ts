import { randomUUID } from "node:crypto";
import path from "node:path";
import pg from "pg";
import { beforeAll, beforeEach, describe } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { openDatabase } from "@/server/adapters/db/open-database";
import { findPostgres, type PostgresCluster, startPostgresCluster } from "./postgres-cluster";

export type Engine = "pglite" | "postgres";

type Shared = { databases: Map<Engine, Promise<Database>>; cluster: Promise<PostgresCluster> | null };
// Test files of one worker share its databases, whether or not modules are isolated.
const KEY = Symbol.for("memepulse.test-databases");
const registry = globalThis as unknown as Record<symbol, Shared | undefined>;
registry[KEY] ??= { databases: new Map(), cluster: null };
const shared: Shared = registry[KEY];

const bin = findPostgres();
const migrationsDir = path.resolve(import.meta.dirname, "../../prisma/migrations");

/** The engines that can be tested on this machine. */
export const testEngines = (): Engine[] => (bin ? ["pglite", "postgres"] : ["pglite"]);

/** Name of the database server this process's tests use; starts it at first use. It stops with the process. */
export async function testDatabaseUrl(): Promise<string> {
  if (!bin) throw new Error("no Postgres on this machine");
  shared.cluster ??= startPostgresCluster(bin);
  return (await shared.cluster).url("postgres");
}

/** A new, empty, unmigrated database in the test cluster. */
export async function createEmptyDatabase(): Promise<string> {
  const url = await testDatabaseUrl();
  const name = `t_${randomUUID().replaceAll("-", "")}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  return url.replace("/postgres?", `/${name}?`);
}

/** This process's database of the engine: migrated, shared between test files, emptied by {@link truncateAll}. */
export function testDatabase(engine: Engine): Promise<Database> {
  let db = shared.databases.get(engine);
  if (!db) {
    db =
      engine === "pglite" ? openDatabase({ migrationsDir }) : testDatabaseUrl().then((databaseUrl) => openDatabase({ databaseUrl, migrationsDir }));
    shared.databases.set(engine, db);
  }
  return db;
}

/** Empties every table but the record of migrations. */
export async function truncateAll(db: Database): Promise<void> {
  const tables = await db.raw.query<{ t: string }>(
    `SELECT quote_ident(tablename) AS t FROM pg_tables WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
  );
  await db.raw.exec(`TRUNCATE ${tables.map((r) => r.t).join(", ")} CASCADE`);
}

/** Describes the same tests once per engine, each test on an empty database; where there is no Postgres that half is skipped by name. */
export function describeDatabase(name: string, body: (db: () => Database, engine: Engine) => void): void {
  for (const engine of ["pglite", "postgres"] as const) {
    const missing = engine === "postgres" && !bin;
    describe.skipIf(missing)(`${name} [${engine}${missing ? ": skipped, no initdb and postgres found" : ""}]`, () => {
      let db: Database | undefined;
      beforeAll(async () => {
        db = await testDatabase(engine);
      });
      beforeEach(async () => {
        if (db) await truncateAll(db);
      });
      body(() => {
        if (!db) throw new Error("the test database is not open yet");
        return db;
      }, engine);
    });
  }
}

/** Statements that reach the database while `fn` runs (begin and commit left out). */
export async function countStatements<T>(db: Database, fn: () => Promise<T>): Promise<{ result: T; count: number; statements: string[] }> {
  const statements: string[] = [];
  const stop = db.observe((sql) => {
    statements.push(sql);
    return undefined;
  });
  try {
    return { result: await fn(), count: statements.length, statements };
  } finally {
    stop();
  }
}
