// Writes prisma/migrations/<time>_<name>/migration.sql: the SQL from the migrations so far to schema.prisma.
// Works offline: the schema engine runs as WebAssembly against in-memory databases.
// Usage: npm run migration:new -- <name>        (-- --check prints whether one is needed, exit 1 if so)
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { PrismaPGlite } from "pglite-prisma-adapter";

const root = path.resolve(import.meta.dirname, "..");
const dir = path.join(root, "prisma/migrations");
const name = process.argv[2];
if (!name || (name !== "--check" && !/^[a-z0-9_]+$/.test(name))) {
  console.error("usage: npm run migration:new -- <name in snake_case>");
  process.exit(2);
}

async function loadEngine(factory, schema) {
  const require = createRequire(import.meta.url);
  const wasmDir = path.dirname(require.resolve("@prisma/schema-engine-wasm"));
  const glue = await import(path.join(wasmDir, "schema_engine_bg.js"));
  const module = new WebAssembly.Module(fs.readFileSync(path.join(wasmDir, "schema_engine_bg.wasm")));
  const instance = new WebAssembly.Instance(module, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine.new({ datamodels: [["prisma/schema.prisma", schema]] }, () => {}, bindMigrationAwareSqlAdapterFactory(factory));
}

const schema = fs.readFileSync(path.join(root, "prisma/schema.prisma"), "utf8");
const factory = new PrismaPGlite(await PGlite.create());
factory.connectToShadowDb = async () => new PrismaPGlite(await PGlite.create()).connect();
const engine = await loadEngine(factory, schema);
const migrationDirectories = fs
  .readdirSync(dir)
  .filter((d) => fs.existsSync(path.join(dir, d, "migration.sql")))
  .sort()
  .map((d) => ({
    path: d,
    migrationFile: { path: "migration.sql", content: { tag: "ok", value: fs.readFileSync(path.join(dir, d, "migration.sql"), "utf8") } },
  }));
const { stdout, exitCode } = await engine.diff({
  from: {
    tag: "migrations",
    baseDir: dir,
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"' },
    shadowDbInitScript: "",
    migrationDirectories,
  },
  to: { tag: "schemaDatamodel", files: [{ path: "prisma/schema.prisma", content: schema }], configDir: "." },
  script: true,
  exitCode: true,
  shadowDatabaseUrl: null,
  filters: { externalTables: [], externalEnums: [] },
});
if (name === "--check") {
  console.log(exitCode === 0 ? "schema.prisma and the migrations agree" : `schema.prisma has changes without a migration:\n${stdout}`);
  process.exit(exitCode === 0 ? 0 : 1);
}
if (exitCode === 0) {
  console.log("nothing to do: the migrations already give schema.prisma");
  process.exit(0);
}
const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
const target = path.join(dir, `${stamp}_${name}`);
fs.mkdirSync(target, { recursive: true });
fs.writeFileSync(path.join(target, "migration.sql"), stdout ?? "");
console.log(`wrote ${path.relative(root, path.join(target, "migration.sql"))}: read it before you commit it`);
process.exit(0);
