// Lints the project with oxlint and the clock rule, then proves the linter on scripts/lint-fixtures: every file there names
// on its first line the rule that must report it (or nothing). A linter that parses nothing, or a rule that went missing, fails.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { mayImport } from "./oxlint-config.mjs";

const root = path.resolve(import.meta.dirname, "..");
const fixtures = "scripts/lint-fixtures";
const sourceFolders = ["app", "components", "server", "inngest", "scripts", "bench", "e2e"];

/** Every file below folder whose name matches, as paths relative to the project. */
function filesBelow(folder, name) {
  const absolute = path.join(root, folder);
  if (!fs.existsSync(absolute)) return [];
  return fs
    .readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"));
}

function oxlint(args) {
  const run = spawnSync(process.execPath, [path.join(root, "node_modules/oxlint/bin/oxlint"), "-c", ".oxlintrc.json", "-f", "json", ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  try {
    const answer = JSON.parse(run.stdout);
    const found = answer.diagnostics.map((d) => ({
      rule: d.code,
      file: d.filename.split(path.sep).join("/"),
      line: d.labels?.[0]?.span.line ?? 0,
      text: `${d.message} ${d.help ?? ""}`.trim(),
      error: d.severity === "error",
    }));
    return { found, files: answer.number_of_files };
  } catch {
    throw new Error(`oxlint did not answer with JSON (exit ${run.status}): ${(run.stdout + run.stderr).slice(0, 500)}`);
  }
}

/** oxlint has no rule for the current date: `new Date()` and `new Date` in a domain. Comments and strings do not count. */
function currentDates(folder) {
  const domains = Object.keys(mayImport).flatMap((domain) => filesBelow(path.posix.join(folder, "server", domain), /\.tsx?$/));
  return domains
    .filter((file) => !/\.test\.tsx?$/.test(file))
    .flatMap((file) => {
      const source = fs.readFileSync(path.join(root, file), "utf8");
      const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, (text) => text.replace(/[^\n]/g, " "));
      return [...code.matchAll(/\bnew\s+Date\b(?:\s*\(\s*\)|(?!\s*\())|(?<![\w.])(?<!new\s+)Date\(\s*\)/g)].map((hit) => ({
        rule: "clock(no-current-date)",
        file,
        line: code.slice(0, hit.index).split("\n").length,
        text: "new Date() without an argument. purity: take the clock as an argument",
        error: true,
      }));
    });
}

function checkProject() {
  const { found, files } = oxlint(["--ignore-pattern", `${fixtures}/**`, "."]);
  const sources = sourceFolders.flatMap((folder) => filesBelow(folder, /\.(ts|tsx|mts|mjs)$/)).filter((file) => !file.startsWith(fixtures));
  const problems = [...found, ...currentDates("")];
  for (const p of problems) console.log(`${p.error ? "error" : "warning"} ${p.file}:${p.line} ${p.rule}: ${p.text}`);
  if (files < sources.length || sources.length === 0) {
    console.log(`error: oxlint saw ${files} modules, the project has at least ${sources.length}`);
    return false;
  }
  console.log(`oxlint: ${files} modules seen, ${problems.length} problems`);
  return !problems.some((p) => p.error);
}

function checkFixtures() {
  const files = filesBelow(fixtures, /\.tsx?$/);
  const { found, files: seen } = oxlint([fixtures]);
  const all = [...found, ...currentDates(fixtures)];
  const wrong = files.filter((file) => {
    const first = fs.readFileSync(path.join(root, file), "utf8").split("\n", 1)[0] ?? "";
    const [, rule, words = ""] = /^\/\/ expect: (\S+)(?: (.+))?$/.exec(first) ?? [];
    const here = all.filter((p) => p.file === file && p.error);
    const right = rule === "nothing" ? here.length === 0 : here.some((p) => p.rule === rule && p.text.includes(words));
    if (!right)
      console.log(`error ${file}: wanted ${rule ?? "a first line '// expect: …'"} ${words}, got ${here.map((p) => p.rule).join(", ") || "nothing"}`);
    return !right;
  });
  if (files.length === 0 || seen < files.length) console.log(`error: ${files.length} fixtures, ${seen} seen by oxlint`);
  else console.log(`fixtures: ${files.length - wrong.length} of ${files.length} behave as their first line says`);
  return files.length > 0 && seen >= files.length && wrong.length === 0;
}

const parts = { project: checkProject, fixtures: checkFixtures };
const asked = process.argv.slice(2);
const results = Object.entries(parts)
  .filter(([name]) => asked.length === 0 || asked.includes(name))
  .map(([, check]) => check());
process.exit(results.length > 0 && results.every(Boolean) ? 0 : 1);
