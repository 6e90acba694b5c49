// npm run generate: makes the Prisma client when the schema is newer than it. Needs no network: generating runs in WebAssembly, and
// the schema engine that Prisma would otherwise download is only named, never run.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const made = path.join(root, "generated/prisma/client.ts");
const sources = ["prisma/schema.prisma", "prisma.config.ts", "package-lock.json"].map((f) => path.join(root, f));
const time = (f) => fs.statSync(f, { throwIfNoEntry: false })?.mtimeMs ?? 0;

if (!process.argv.includes("--force") && time(made) > Math.max(...sources.map(time))) process.exit(0);
const env = { ...process.env, PRISMA_HIDE_UPDATE_MESSAGE: "1", CHECKPOINT_DISABLE: "1" };
env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;
const run = spawnSync(process.execPath, [path.join(root, "node_modules/prisma/build/index.js"), "generate"], { cwd: root, env, encoding: "utf8" });
if (run.status !== 0) {
  console.error(`${run.stdout}\n${run.stderr}\nThe Prisma client could not be generated.`);
  process.exit(1);
}
const now = new Date();
fs.utimesSync(made, now, now);
