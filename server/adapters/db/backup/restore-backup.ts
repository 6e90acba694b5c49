import fs from "node:fs";
import path from "node:path";
import { lockFolder } from "@/server/adapters/db/lock-folder";
import { DomainError } from "@/server/shared";
import { unpackBackup } from "./backup-file";
import { putBackPrevious } from "./put-back-previous";

const refused = (code: string, message: string): DomainError => new DomainError(code, message, { kind: "conflict" });

export type RestoreOptions = {
  readonly file: string;
  readonly dataDir: string;
  /** Takes the place of data that are there; they are kept beside as `pg.previous`. */
  readonly force: boolean;
  readonly migrationsDir: string;
};

/**
 * Puts a backup in the place of the embedded database of a data folder that nobody has open. The backup is unpacked and opened beside
 * the old data first; a crash at any moment leaves the old data, or the new, whole. Throws BACKUP_*, DATA_FOLDER_NOT_EMPTY, DATA_FOLDER_IN_USE.
 */
export async function restoreBackup(options: RestoreOptions): Promise<{ madeAt: string; previous: string | null }> {
  const { manifest, archive } = unpackBackup(fs.readFileSync(options.file));
  const known = new Set(fs.readdirSync(options.migrationsDir));
  const unknown = manifest.migrations.filter((m) => !known.has(m));
  if (unknown.length > 0)
    throw refused("BACKUP_NEWER", `This backup was made by a newer MemePulse (it has ${unknown.join(", ")}): update first, then restore.`);
  const lock = lockFolder(options.dataDir);
  try {
    const [current, next, previous] = ["pg", "pg.restoring", "pg.previous"].map((n) => path.join(options.dataDir, n)) as [string, string, string];
    putBackPrevious(options.dataDir);
    const isTaken = fs.existsSync(current) && fs.readdirSync(current).length > 0;
    if (isTaken && !options.force)
      throw refused(
        "DATA_FOLDER_NOT_EMPTY",
        `${options.dataDir} already has data. Restore into another folder (--data), or replace them with --force.`,
      );
    fs.rmSync(next, { recursive: true, force: true });
    await unpackInto(next, archive);
    if (fs.existsSync(current)) {
      fs.rmSync(previous, { recursive: true, force: true });
      fs.renameSync(current, previous);
    }
    fs.renameSync(next, current);
    return { madeAt: manifest.madeAt, previous: isTaken ? previous : null };
  } finally {
    lock.release();
  }
}

/** Opens what it has unpacked: what Postgres cannot read never takes the place of data that it can. */
async function unpackInto(folder: string, archive: Buffer): Promise<void> {
  const { PGlite } = await import("@electric-sql/pglite");
  try {
    const pg = await PGlite.create({ dataDir: folder, loadDataDir: new Blob([new Uint8Array(archive)], { type: "application/x-gzip" }) });
    await pg.query(`SELECT count(*) FROM "_prisma_migrations"`);
    await pg.close();
  } catch (cause) {
    fs.rmSync(folder, { recursive: true, force: true });
    throw new DomainError("BACKUP_UNREADABLE", "This backup's database does not open. Nothing was restored.", { kind: "invalid", cause });
  }
}
