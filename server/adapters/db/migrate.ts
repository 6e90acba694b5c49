import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { DomainError } from "@/server/shared";
import type { RawSql } from "./database";

export type MigrationReport = {
  /** Applied now, in order. */
  readonly applied: readonly string[];
  /** Applied earlier, but the file has changed since: the database is not what the folder says. */
  readonly edited: readonly string[];
  /** In the database, not in the folder: another build has been here. */
  readonly unknown: readonly string[];
};

// The table as Prisma's own CLI makes it, so that `prisma migrate status` agrees with this runner.
const TABLE = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`;

type Applied = { name: string; checksum: string; finished: unknown; logs: string | null };

/**
 * Applies what is in `dir` and not yet in the database, each migration and its record in one transaction: a process killed
 * half way leaves nothing behind. Throws MIGRATION_FAILED, now and at every later start until the failed record is resolved.
 * The caller keeps concurrent starters apart (folder lock, or an advisory lock on the connection behind `sql`).
 */
export async function migrate(sql: RawSql, dir: string, onProgress: (line: string) => void = () => {}): Promise<MigrationReport> {
  await sql.exec(TABLE);
  const rows = await sql.query<Applied>(
    `SELECT migration_name AS name, checksum, finished_at AS finished, logs FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
  );
  const failed = rows.find((r) => r.finished === null);
  if (failed) throw migrationFailed(failed.name, `failed at an earlier start: ${failed.logs ?? "no log"}`);
  const known = new Map(rows.map((r) => [r.name, r.checksum]));
  const files = readMigrations(dir);
  const applied: string[] = [];
  for (const file of files.filter((f) => !known.has(f.name))) {
    onProgress(`applying migration ${file.name}`);
    await apply(sql, file);
    applied.push(file.name);
  }
  const names = new Set(files.map((f) => f.name));
  const edited = files.filter((f) => (known.get(f.name) ?? f.checksum) !== f.checksum).map((f) => f.name);
  if (edited.length > 0) onProgress(`changed after they were applied: ${edited.join(", ")}`);
  return { applied, edited, unknown: [...known.keys()].filter((n) => !names.has(n)) };
}

type MigrationFile = { name: string; text: string; checksum: string };

function readMigrations(dir: string): MigrationFile[] {
  return fs
    .readdirSync(dir)
    .filter((name) => fs.existsSync(path.join(dir, name, "migration.sql")))
    .sort()
    .map((name) => {
      const bytes = fs.readFileSync(path.join(dir, name, "migration.sql"));
      return { name, text: bytes.toString("utf8"), checksum: createHash("sha256").update(bytes).digest("hex") };
    });
}

async function apply(sql: RawSql, file: MigrationFile): Promise<void> {
  const id = randomUUID();
  try {
    await sql.transaction(async (tx) => {
      await tx.exec(file.text);
      await tx.query(
        `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), 1)`,
        [id, file.checksum, file.name],
      );
    });
  } catch (error) {
    const log = error instanceof Error ? error.message : String(error);
    await sql.query(`INSERT INTO "_prisma_migrations" (id, checksum, migration_name, logs) VALUES ($1, $2, $3, $4)`, [
      id,
      file.checksum,
      file.name,
      log,
    ]);
    throw migrationFailed(file.name, log, error);
  }
}

const migrationFailed = (name: string, why: string, cause?: unknown) =>
  new DomainError(
    "MIGRATION_FAILED",
    `The database migration ${name} did not succeed (${why}). Nothing of it was kept; resolve it before starting again.`,
    {
      kind: "internal",
      data: { migration: name },
      cause,
    },
  );
