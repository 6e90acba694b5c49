import type { Prisma, PrismaClient } from "@/generated/prisma/client";
import type { BeforeCommit, CommitTopic } from "./after-commit";
import type { MigrationReport } from "./migrate";
import type { StatementListener } from "./statement-observer";
import type { StorageTrouble } from "./storage-trouble";

/** The client inside an interactive transaction. Never use the outer client there: on the embedded database that deadlocks. */
export type Tx = Prisma.TransactionClient;

export type SqlRow = Record<string, unknown>;

/** Plain SQL beside Prisma. `exec` takes several statements and no parameters; `query` one statement with $1, $2 … */
export interface RawSql {
  exec(sql: string): Promise<void>;
  query<R extends SqlRow = SqlRow>(sql: string, params?: readonly unknown[]): Promise<R[]>;
  transaction<T>(fn: (tx: RawSql) => Promise<T>): Promise<T>;
}

export type TransactionOptions = {
  /** How often the whole transaction is run again on a serialization failure or a deadlock. Default 8. */
  readonly retries?: number;
  /** Limit of one attempt in ms. Default 30,000. */
  readonly timeoutMs?: number;
};

/** An open, migrated database: embedded (PGlite) or a Postgres server. */
export interface Database {
  readonly kind: "pglite" | "postgres";
  readonly prisma: PrismaClient;
  readonly raw: RawSql;
  readonly migrations: MigrationReport;
  /** Runs `fn` in one interactive transaction (read committed); on 40001, 40P01 and P2034 the whole of it again, with jitter. */
  transaction<T>(fn: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Calls back after a transaction of this process that was marked with the topic has committed. Returns the way to stop. */
  onCommit(topic: CommitTopic, listener: () => void): () => void;
  /** Does work inside every marked transaction of this process, last thing before its commit. Returns the way to stop. */
  beforeCommit(topic: CommitTopic, work: BeforeCommit): () => void;
  /** Calls back with every statement sent (begin, commit and rollback left out), and what that returns once it is answered. Returns the way to stop. */
  observe(listener: StatementListener): () => void;
  /** Why nothing can be stored; null when nothing is in the way. Transactions then fail with its code: STORAGE_FULL or STORAGE_STOPPED. */
  trouble(): StorageTrouble | null;
  /** The embedded database's files as of one moment, as a compressed archive; null on a Postgres server. */
  dump(): Promise<Uint8Array | null>;
  /** Cleans up after deleted and changed rows; nothing to do where a server sees to it itself. */
  maintain(): Promise<void>;
  /** LISTEN on a channel. Returns null on the embedded database, where one process is the only writer. */
  listen(channel: string, onNotify: (payload: string) => void): Promise<(() => Promise<void>) | null>;
  /** Writes the server's URL into the data folder's lock, so that whoever is refused learns where the holder is. */
  setUrl(url: string): void;
  close(): Promise<void>;
}
