import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createEmptyDatabase, testEngines } from "@/server/testing/database";
import { openDatabase } from "./open-database";

let dir: string;
beforeEach(() => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), "migrations-"));
});
afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

const migrations = () => path.join(dir, "migrations");
function write(name: string, sql: string): void {
  fs.mkdirSync(path.join(migrations(), name), { recursive: true });
  fs.writeFileSync(path.join(migrations(), name, "migration.sql"), sql);
}

describe.each(["pglite", "postgres"] as const)("migrate [%s]", (engine) => {
  const missing = !testEngines().includes(engine);
  const target = async () => (engine === "pglite" ? { dataDir: path.join(dir, "data") } : { databaseUrl: await createEmptyDatabase() });

  it.skipIf(missing)("applies what is new, once, and records it as Prisma does", async () => {
    const where = await target();
    write("1_first", `CREATE TABLE a (id int); INSERT INTO a VALUES (1);`);
    const first = await openDatabase({ ...where, migrationsDir: migrations() });
    expect(first.migrations).toEqual({ applied: ["1_first"], edited: [], unknown: [] });
    const rows = await first.raw.query(
      `SELECT migration_name, checksum, applied_steps_count, finished_at IS NOT NULL AS done, rolled_back_at FROM "_prisma_migrations"`,
    );
    // echo -n of the text above, through sha256sum.
    expect(rows).toEqual([
      {
        migration_name: "1_first",
        checksum: "9fe2683e2d9a14d41d4f5070105dcf62073fde4cb1f68f5ee1cc738ce13c961d",
        applied_steps_count: 1,
        done: true,
        rolled_back_at: null,
      },
    ]);
    await first.close();
    write("2_second", `ALTER TABLE a ADD COLUMN b int;`);
    const second = await openDatabase({ ...where, migrationsDir: migrations() });
    expect(second.migrations.applied).toEqual(["2_second"]);
    expect(await second.raw.query(`SELECT count(*)::int AS n FROM a`)).toEqual([{ n: 1 }]);
    await second.close();
  });

  it.skipIf(missing)("keeps nothing of a migration that fails, and refuses to start until that is resolved", async () => {
    const where = await target();
    write("1_first", `CREATE TABLE a (id int);`);
    write("2_bad", `CREATE TABLE b (id int); SELECT 1/0;`);
    const start = () => openDatabase({ ...where, migrationsDir: migrations() });
    await expect(start()).rejects.toMatchObject({ code: "MIGRATION_FAILED", details: { data: { migration: "2_bad" } } });
    fs.rmSync(path.join(migrations(), "2_bad"), { recursive: true });
    await expect(start()).rejects.toMatchObject({ code: "MIGRATION_FAILED", message: expect.stringContaining("division by zero") });
    if (engine === "pglite") {
      const pg = await PGlite.create(path.join(dir, "data/pg"));
      expect((await pg.query(`SELECT to_regclass('a')::text AS a, to_regclass('b')::text AS b`)).rows).toEqual([{ a: "a", b: null }]);
      await pg.close();
    }
  });

  it.skipIf(missing)("reports a migration that was edited after it was applied, and one it does not know", async () => {
    const where = await target();
    write("1_first", `CREATE TABLE a (id int);`);
    write("2_second", `CREATE TABLE b (id int);`);
    await (await openDatabase({ ...where, migrationsDir: migrations() })).close();
    write("1_first", `CREATE TABLE a (id bigint);`);
    fs.rmSync(path.join(migrations(), "2_second"), { recursive: true });
    const lines: string[] = [];
    const db = await openDatabase({ ...where, migrationsDir: migrations(), onProgress: (l) => lines.push(l) });
    expect(db.migrations).toEqual({ applied: [], edited: ["1_first"], unknown: ["2_second"] });
    expect(lines.join("\n")).toContain("1_first");
    await db.close();
  });

  // One process at a time owns the embedded database: its lock keeps starters apart.
  if (engine === "pglite") return;

  it.skipIf(missing)("is done once by eight that start together", async () => {
    const where = await target();
    write("1_first", `CREATE TABLE a (id int); INSERT INTO a VALUES (1); SELECT pg_sleep(0.2);`);
    const all = await Promise.all(Array.from({ length: 8 }, () => openDatabase({ ...where, migrationsDir: migrations() })));
    expect(all.flatMap((d) => d.migrations.applied)).toEqual(["1_first"]);
    await Promise.all(all.map((d) => d.close()));
  });
});

it("opens nothing while the product is being built", async () => {
  await expect(openDatabase({ building: true })).rejects.toThrow("during the build");
});

it("says where a Postgres server was looked for that does not answer, without its password", async () => {
  const attempt = openDatabase({ databaseUrl: "postgresql://someone:hunter2secret@127.0.0.1:4399/nowhere" });
  await expect(attempt).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE", message: expect.stringContaining("nowhere at 127.0.0.1:4399") });
  await expect(attempt).rejects.toThrow(expect.objectContaining({ message: expect.not.stringContaining("hunter2secret") }));
});
