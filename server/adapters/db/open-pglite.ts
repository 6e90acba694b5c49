import fs from "node:fs";
import path from "node:path";
import type { PGlite, Transaction } from "@electric-sql/pglite";
import { PrismaClient } from "@/generated/prisma/client";
import { commitSignals } from "./after-commit";
import { putBackPrevious } from "./backup/put-back-previous";
import type { Database, RawSql, SqlRow } from "./database";
import { lockFolder } from "./lock-folder";
import { migrate } from "./migrate";
import { PreparedQueries } from "./prepared-queries";
import { retryTransaction } from "./retry-transaction";
import { statementObserver } from "./statement-observer";
import { StorageWatch } from "./storage-trouble";
import { watchedSql } from "./watched-sql";

/**
 * Opens the embedded database in `<dataDir>/pg` (undefined: in memory), alone: throws DataFolderInUse while another process has it.
 * Not safe against power loss (no fsync); safe against a killed process.
 */
export async function openPglite(options: { dataDir?: string; migrationsDir: string; onProgress: (line: string) => void }): Promise<Database> {
  const { dataDir, migrationsDir, onProgress } = options;
  const lock = dataDir === undefined ? null : lockFolder(dataDir);
  try {
    const [library, { PrismaPGlite }] = await Promise.all([import("@electric-sql/pglite"), import("pglite-prisma-adapter")]);
    if (dataDir !== undefined) putBackPrevious(dataDir);
    onProgress(dataDir === undefined ? "opening an in-memory database" : "opening the embedded database");
    const pg = await library.PGlite.create(dataDir === undefined ? {} : { dataDir: path.join(/*turbopackIgnore: true*/ dataDir, "pg") });
    // Times are sent and read without an offset by the Prisma adapter: the session must think in UTC.
    await pg.exec("SET TIME ZONE 'UTC'");
    // Every read here is of a few rows. Plain index scans remember which entries are dead; bitmap scans walk through them for ever.
    await pg.exec("SET enable_bitmapscan TO off");
    // Plans are kept, and many are made while the tables are still empty: they must not rely on that.
    await pg.exec("SET enable_seqscan TO off");
    const statements = statementObserver();
    yieldAfterQueries(pg, new PreparedQueries(pg, library), statements.note);
    const storage = new StorageWatch(dataDir === undefined ? null : () => freeBytes(dataDir));
    const raw = watchedSql(rawPglite(pg), storage);
    const migrations = await migrate(raw, migrationsDir, onProgress);
    const signals = commitSignals();
    const prisma = new PrismaClient({ adapter: new PrismaPGlite(pg) });
    return {
      kind: "pglite",
      prisma,
      raw,
      migrations,
      transaction: (fn, o) => retryTransaction(prisma, signals, fn, o, storage),
      maintain: () => maintain(raw),
      dump: async () => new Uint8Array(await (await pg.dumpDataDir("gzip")).arrayBuffer()),
      trouble: () => storage.trouble(),
      onCommit: signals.onCommit,
      beforeCommit: signals.beforeCommit,
      observe: statements.observe,
      listen: async () => null,
      setUrl: (url) => lock?.setUrl(url),
      async close() {
        await prisma.$disconnect();
        await pg.close();
        lock?.release();
      },
    };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** The embedded database has no process that cleans up beside it: old row versions go, and the planner learns how large the tables are. */
async function maintain(sql: RawSql): Promise<void> {
  const tables = await sql.query<{ name: string }>(`SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`);
  for (const { name } of tables) {
    await sql.exec(`VACUUM (ANALYZE) ${name}`);
    await yieldToEventLoop();
  }
}

/** Bytes this process may still write to the folder's file system. */
function freeBytes(folder: string): number {
  const { bavail, bsize } = fs.statfsSync(/*turbopackIgnore: true*/ folder);
  return bavail * bsize;
}

const yieldToEventLoop = () => new Promise<void>((ok) => setImmediate(ok));

/** A query of the embedded database runs on this thread; a chain of them would starve HTTP and timers but for a turn of the loop after each. */
function yieldAfterQueries(pg: PGlite, prepared: PreparedQueries, note: (sql: string) => (() => void) | null): void {
  const yielding = async <T>(sql: string, run: () => Promise<T>): Promise<T> => {
    const answered = note(sql);
    const result = await run().finally(answered);
    await yieldToEventLoop();
    return result;
  };
  pg.query = (sql, params, options) => yielding(sql, () => prepared.query(sql, params, options));
  const transaction = pg.transaction.bind(pg);
  pg.transaction = (<T>(fn: (tx: Transaction) => Promise<T>) =>
    keepRejected(
      transaction((tx) => {
        tx.query = (sql, params, options) => yielding(sql, () => prepared.queryIn(tx, sql, params, options));
        return fn(tx);
      }),
    )) as PGlite["transaction"];
}

/**
 * The Prisma adapter awaits `transaction(…).catch(report)` at its commit, which turns a COMMIT that failed (say, on a full disk)
 * into success. Here `catch` calls its handler and stays rejected, so that the commit is reported as what it was.
 */
function keepRejected<T>(promise: Promise<T>): Promise<T> {
  const rejecting = promise.then((value) => value);
  const keep = (handler?: ((reason: unknown) => unknown) | null) => {
    const kept = rejecting.then(undefined, (error: unknown) => {
      handler?.(error);
      throw error;
    });
    // Nobody awaits it when the transaction did not even begin; that failure has gone to the handler.
    kept.then(undefined, () => {});
    return kept;
  };
  return Object.assign(rejecting, { catch: keep }) as Promise<T>;
}

function rawPglite(pg: PGlite): RawSql {
  const of = (c: Pick<PGlite, "exec" | "query">, transaction: RawSql["transaction"]): RawSql => ({
    exec: async (sql) => {
      await c.exec(sql);
    },
    query: async <R extends SqlRow>(sql: string, params?: readonly unknown[]) => (await c.query<R>(sql, params ? [...params] : undefined)).rows,
    transaction,
  });
  const nested: RawSql["transaction"] = () => Promise.reject(new Error("transactions do not nest"));
  return of(pg, (fn) => pg.transaction((tx) => fn(of(tx as unknown as Pick<PGlite, "exec" | "query">, nested))));
}
