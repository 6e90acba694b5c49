import fs from "node:fs";
import path from "node:path";
import { DataFolderInUse } from "@/server/adapters/db/lock-folder";
import { openDatabase } from "@/server/adapters/db/open-database";
import { DomainError } from "@/server/shared";
import { backupOf } from "./backup-of";
import { readOwnerToken } from "./owner-token";

const SERVER_TIMEOUT_MS = 10 * 60_000;

/** Backs a data folder up into a file: by asking the server that has it open, else by opening it. The file appears whole or not at all. */
export async function backupFolder(options: { dataDir: string; to: string; migrationsDir: string; now: number }): Promise<{ bytes: number }> {
  const { dataDir, to, migrationsDir, now } = options;
  if (!fs.existsSync(path.join(dataDir, "pg")))
    throw new DomainError("NOTHING_TO_BACK_UP", `${dataDir} holds no embedded database.`, { kind: "not_found" });
  const backup = await openDatabase({ dataDir, migrationsDir }).then(
    async (db) => {
      try {
        return await backupOf(db, now);
      } finally {
        await db.close();
      }
    },
    (error: unknown) => {
      if (error instanceof DataFolderInUse && typeof error.details.data?.url === "string") return askServer(error.details.data.url, dataDir);
      throw error;
    },
  );
  const draft = `${to}.${process.pid}.part`;
  fs.writeFileSync(draft, backup, { mode: 0o600, flush: true });
  fs.renameSync(draft, to);
  return { bytes: backup.byteLength };
}

async function askServer(url: string, dataDir: string): Promise<Buffer> {
  const response = await fetch(new URL("/api/backup", url), {
    method: "POST",
    headers: { authorization: `Bearer ${readOwnerToken(dataDir)}` },
    signal: AbortSignal.timeout(SERVER_TIMEOUT_MS),
  });
  if (!response.ok) throw new DomainError("BACKUP_REFUSED", `The server at ${url} gave no backup (${response.status}).`, { kind: "unavailable" });
  return Buffer.from(await response.arrayBuffer());
}
