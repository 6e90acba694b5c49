import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { PrismaClient } from "@/generated/prisma/client";
import { DomainError } from "@/server/shared";
import { commitSignals } from "./after-commit";
import type { Database, RawSql, SqlRow } from "./database";
import { listenPostgres } from "./listen-postgres";
import { migrate } from "./migrate";
import { retryTransaction } from "./retry-transaction";
import { statementNames } from "./statement-names";
import { statementObserver } from "./statement-observer";
import { StorageWatch } from "./storage-trouble";
import { watchedSql } from "./watched-sql";

const CONNECT_TIMEOUT_MS = 10_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/** Any constant does, as long as every build uses the same. */
const MIGRATION_LOCK = 7_316_044_512;

/** Opens a Postgres server: at most ten connections, a limit on connecting and on every statement. Throws DATABASE_UNAVAILABLE. */
export async function openPostgres(options: { databaseUrl: string; migrationsDir: string; onProgress: (line: string) => void }): Promise<Database> {
  const { databaseUrl, migrationsDir, onProgress } = options;
  const statements = statementObserver();
  const storage = new StorageWatch();
  const connection: pg.ClientConfig = {
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    application_name: "memepulse",
    // The Prisma adapter sends and reads times without an offset: the session must think in UTC.
    options: "-c TimeZone=UTC",
  };
  const pool = new pg.Pool({ ...connection, max: 10 });
  // A connection that breaks while idle is replaced at its next use; without a listener it would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => {
    // The same for one that breaks while in use: its statement fails with the error, nobody needs to be told a second time.
    client.on("error", () => {});
    noteQueries(client, statements.note);
  });
  try {
    onProgress("connecting to Postgres");
    const migrations = await migrateAlone(pool, migrationsDir, onProgress);
    const signals = commitSignals();
    const nameOf = statementNames({ pooled: new URL(databaseUrl).searchParams.get("pgbouncer") === "true" });
    const prisma = new PrismaClient({ adapter: new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) as string }) });
    return {
      kind: "postgres",
      prisma,
      raw: watchedSql(rawPool(pool, nameOf), storage),
      migrations,
      transaction: (fn, o) => retryTransaction(prisma, signals, fn, o, storage),
      maintain: async () => {},
      dump: async () => null,
      trouble: () => storage.trouble(),
      onCommit: signals.onCommit,
      beforeCommit: signals.beforeCommit,
      observe: statements.observe,
      listen: (channel, onNotify) => listenPostgres(connection, channel, onNotify),
      setUrl: () => {},
      async close() {
        await prisma.$disconnect();
        if (!pool.ended) await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/** Concurrent starters queue on an advisory lock; the later ones find nothing left to do. */
async function migrateAlone(pool: pg.Pool, dir: string, onProgress: (line: string) => void) {
  const client = await pool.connect().catch((cause: unknown) => {
    throw unavailable(pool, cause);
  });
  try {
    await client.query("SET statement_timeout = 0");
    await client.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    return await migrate(rawClient(client), dir, onProgress);
  } finally {
    // Ending the connection gives the lock back whatever happened.
    client.release(true);
  }
}

/** Says where the server was looked for, never with what password. */
function unavailable(pool: pg.Pool, cause: unknown): DomainError {
  const { host, port, database } = new pg.Client({ connectionString: pool.options.connectionString });
  const why = cause instanceof Error && cause.message !== "" ? cause.message : String((cause as { code?: unknown }).code ?? cause);
  return new DomainError("DATABASE_UNAVAILABLE", `Postgres (database ${database} at ${host}:${port}, from DATABASE_URL) does not answer: ${why}.`, {
    kind: "unavailable",
    field: "DATABASE_URL",
    cause,
  });
}

type NameOf = (sql: string) => string | undefined;
const unnamed: NameOf = () => undefined;

function rawClient(client: pg.PoolClient, nameOf: NameOf = unnamed): RawSql {
  return {
    ...statementsOf(client, nameOf),
    async transaction(fn) {
      await client.query("BEGIN");
      try {
        const result = await fn({ ...statementsOf(client, nameOf), transaction: () => Promise.reject(new Error("transactions do not nest")) });
        await client.query("COMMIT");
        return result;
      } catch (error) {
        // On a broken connection this fails as well; why the transaction failed is what counts.
        await client.query("ROLLBACK").catch(() => {});
        throw error;
      }
    },
  };
}

function rawPool(pool: pg.Pool, nameOf: NameOf): RawSql {
  return {
    ...statementsOf(pool, nameOf),
    async transaction(fn) {
      const client = await pool.connect();
      let broken = true;
      try {
        const result = await rawClient(client, nameOf).transaction(fn);
        broken = false;
        return result;
      } finally {
        client.release(broken);
      }
    },
  };
}

const statementsOf = (q: Pick<pg.Pool, "query">, nameOf: NameOf): Pick<RawSql, "exec" | "query"> => ({
  async exec(sql) {
    await q.query(sql);
  },
  async query<R extends SqlRow>(sql: string, params?: readonly unknown[]) {
    const name = params ? nameOf(sql) : undefined;
    return (await q.query({ text: sql, ...(params ? { values: [...params] } : {}), ...(name === undefined ? {} : { name }) })).rows as R[];
  },
});

function noteQueries(client: pg.PoolClient, note: (sql: string) => (() => void) | null): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  (client as { query: unknown }).query = (...args: unknown[]) => {
    const first = args[0];
    const answered = note(typeof first === "string" ? first : ((first as { text?: string } | null)?.text ?? ""));
    if (!answered) return query(...args);
    // The pool itself waits by callback, everybody else by promise.
    const last = args.at(-1);
    if (typeof last === "function") {
      return query(...args.slice(0, -1), (...result: unknown[]) => {
        answered();
        (last as (...result: unknown[]) => void)(...result);
      });
    }
    const result = query(...args);
    if (result instanceof Promise) result.then(answered, answered);
    return result;
  };
}
