import path from "node:path";
import { backupCommand } from "@/server/adapters/db/backup/backup-command";

process.exitCode = await backupCommand("backup", process.argv.slice(2), {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  now: Date.now(),
  dataDir: process.env.DATA_DIR ?? ".data",
  migrationsDir: path.resolve(import.meta.dirname, "../prisma/migrations"),
});
