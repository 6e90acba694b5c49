import type { Database } from "@/server/adapters/db/database";
import { DomainError } from "@/server/shared";
import { packBackup } from "./backup-file";

/** The open embedded database as a backup. Throws BACKUP_NOT_HERE on a Postgres server, which has tools of its own. */
export async function backupOf(db: Database, now: number): Promise<Buffer> {
  const archive = await db.dump();
  if (!archive) throw new DomainError("BACKUP_NOT_HERE", "The data are on a Postgres server: back it up with pg_dump.", { kind: "conflict" });
  const rows = await db.raw.query<{ name: string }>(`SELECT migration_name AS name FROM "_prisma_migrations" ORDER BY migration_name`);
  return packBackup(archive, { madeAt: new Date(now).toISOString(), migrations: rows.map((r) => r.name) });
}
