// npm run check: format, lint, import order, fixtures, types, unused code, schema against migrations. Each part prints one
// result line, what it found above it; the last line is the total. Usage: npm run check [-- part …]
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const bin = (file) => [process.execPath, path.join(root, "node_modules", file)];
const script = (file) => [process.execPath, path.join(root, "scripts", file)];

/** The parts in the order they run: name and command. */
const parts = {
  format: [...bin("@biomejs/biome/bin/biome"), "format", "."],
  lint: [...bin("@biomejs/biome/bin/biome"), "lint", "--error-on-warnings", "."],
  "lint tables": [...script("oxlint-config.mjs"), "--check"],
  imports: [...script("lint.mjs"), "project"],
  fixtures: [...script("lint.mjs"), "fixtures"],
  types: [...bin("typescript/bin/tsc"), "--noEmit", "-p", "."],
  unused: [...bin("knip/bin/knip.js"), "--no-progress"],
  "risk rules": [...bin("tsx/dist/cli.mjs"), path.join(root, "scripts/risk-rules.ts"), "--check"],
  "turn points": [...script("turn-points.mjs"), "--check"],
  migrations: [...script("new-migration.mjs"), "--check"],
};

function generateClient() {
  if (fs.existsSync(path.join(root, "generated"))) return;
  const own = path.join(root, "scripts/prisma-generate.mjs");
  const command = fs.existsSync(own) ? [process.execPath, own] : [...bin("prisma/build/index.js"), "generate"];
  const run = spawnSync(command[0], command.slice(1), {
    cwd: root,
    encoding: "utf8",
    env: { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, ...process.env },
  });
  if (run.status !== 0) {
    console.error(`the Prisma client could not be generated:\n${run.stdout}${run.stderr}`);
    process.exit(1);
  }
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`no such part: ${unknown.join(", ")}. Parts: ${Object.keys(parts).join(", ")}`);
  process.exit(2);
}
generateClient();
const results = [];
for (const [name, command] of Object.entries(parts)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const start = Date.now();
  const run = spawnSync(command[0], command.slice(1), { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const passed = run.status === 0;
  if (!passed) console.log(`${run.stdout}${run.stderr}${run.error ? run.error.message : ""}`.trimEnd());
  const said = name === "imports" || name === "fixtures" ? ` (${run.stdout.trimEnd().split("\n").at(-1)})` : "";
  console.log(`${passed ? "ok    " : "FAILED"} ${name}, ${((Date.now() - start) / 1000).toFixed(1)} s${said}`);
  results.push(passed);
}
const failed = results.filter((passed) => !passed).length;
console.log(`check: ${results.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
