import path from "node:path";
import type { Database } from "./database";
import { openPglite } from "./open-pglite";
import { openPostgres } from "./open-postgres";
import "./decimal";

export type OpenDatabaseOptions = {
  /** A Postgres server; without it the embedded database is used. */
  readonly databaseUrl?: string;
  /** Folder of the embedded database, its lock and the local key file; undefined = in memory. */
  readonly dataDir?: string;
  /** Default: prisma/migrations under the working directory. */
  readonly migrationsDir?: string;
  readonly onProgress?: (line: string) => void;
  /** True while the product is being built: nothing may open a database then. */
  readonly building?: boolean;
};

/** Opens and migrates the database. Throws DataFolderInUse, MIGRATION_FAILED, DATABASE_UNAVAILABLE. */
export async function openDatabase(options: OpenDatabaseOptions = {}): Promise<Database> {
  if (options.building) throw new Error("the database was asked for during the build: the page that does so must be dynamic");
  const onProgress = options.onProgress ?? (() => {});
  const migrationsDir = options.migrationsDir ?? path.join(/*turbopackIgnore: true*/ process.cwd(), "prisma/migrations");
  if (options.databaseUrl) return openPostgres({ databaseUrl: options.databaseUrl, migrationsDir, onProgress });
  return openPglite({ dataDir: options.dataDir, migrationsDir, onProgress });
}
