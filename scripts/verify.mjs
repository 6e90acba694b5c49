// npm run verify: everything from a bare clone in one command, with plain Node. Installs what is missing, then runs the
// checks, unit tests, integration tests, build, browser tests and a short benchmark (which never fails it).
// A part of `check`, the build and the install each count as one pass or one failure, beside every single test.
// The last line is `N passed, N failed, N skipped`; the exit code is 0 only when nothing failed.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const out = path.join(root, ".verify");
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
const skips = [];
const env = { ...process.env, SHARED_DATA: path.resolve(root, process.env.SHARED_DATA ?? "../shared/data") };

const count = (kind, name, detail) => {
  total[kind]++;
  if (kind === "failed") failures.push(detail ? `${name}: ${detail}` : name);
  if (kind === "skipped") skips.push(`${name}: ${detail || "no reason given"}`);
};

/** Runs a command with a deadline, showing its output; answers its exit code and text. Its whole process group ends with it. */
function run(title, command, args, { minutes = 5, environment = env } = {}) {
  console.log(`\n── ${title}`);
  const start = Date.now();
  return new Promise((resolve) => {
    const own = process.platform !== "win32";
    const child = spawn(command, args, { cwd: root, env: environment, stdio: ["ignore", "pipe", "pipe"], detached: own });
    let text = "";
    let ended = false;
    const stop = () => {
      try {
        if (own && child.pid) process.kill(-child.pid, "SIGKILL");
        else child.kill("SIGKILL");
      } catch {
        // The group is gone already.
      }
    };
    const deadline = setTimeout(() => {
      text += `\nstopped after ${minutes} min`;
      stop();
    }, minutes * 60_000);
    const finish = (code) => {
      if (ended) return;
      ended = true;
      clearTimeout(deadline);
      stop();
      console.log(`── ${title}: ${code === 0 ? "ok" : `exit ${code}`}, ${((Date.now() - start) / 1000).toFixed(0)} s`);
      resolve({ code: code ?? 1, text });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        text += chunk;
        process.stdout.write(chunk);
      });
    }
    child.on("error", (error) => {
      text += error.message;
      finish(1);
    });
    child.on("close", finish);
  });
}

const node = (title, file, args = [], options = {}) => run(title, process.execPath, [path.join(root, file), ...args], options);
const readJson = (file) => {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
};

async function install() {
  const lock = path.join(root, "package-lock.json");
  const installed = path.join(root, "node_modules/.package-lock.json");
  if (fs.existsSync(installed) && fs.statSync(installed).mtimeMs >= fs.statSync(lock).mtimeMs) return true;
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { code } = await run("npm ci", npm, ["ci", "--no-audit", "--no-fund"], { minutes: 6 });
  count(code === 0 ? "passed" : "failed", "npm ci");
  return code === 0;
}

async function check() {
  const { code, text } = await node("check", "scripts/check.mjs");
  const lines = [...text.matchAll(/^(ok|FAILED) +(.+?), [\d.]+ s/gm)];
  for (const [, result, name] of lines) count(result === "ok" ? "passed" : "failed", `check: ${name}`);
  if (lines.length === 0 || (code !== 0 && !lines.some(([, result]) => result === "FAILED"))) count("failed", "check", `exit ${code}`);
}

async function vitest(project) {
  const report = path.join(out, `${project}.json`);
  const args = ["run", "--project", project, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { code } = await node(`${project} tests`, "node_modules/vitest/vitest.mjs", args, { minutes: 16 });
  const answer = readJson(report);
  const before = total.failed;
  for (const file of answer?.testResults ?? []) {
    const name = path.relative(root, file.name);
    for (const test of file.assertionResults) {
      if (test.status === "passed") count("passed", test.fullName);
      else if (test.status === "failed") count("failed", `${name} › ${test.fullName}`, test.failureMessages?.[0]?.split("\n")[0]);
      else count("skipped", `${name} › ${test.fullName}`, skipReason(test));
    }
    if (file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"))
      count("failed", name, file.message.split("\n")[0]);
  }
  if (!answer || answer.testResults.length === 0) count("failed", `${project} tests`, answer ? "no test ran" : `no report, exit ${code}`);
  else if (code !== 0 && total.failed === before) count("failed", `${project} tests`, `exit ${code} outside of a test`);
}

/** Vitest keeps the reason of `ctx.skip(reason)` out of its JSON: a title that says why stands in for it. */
const skipReason = (test) =>
  test.meta?.skipReason ?? /\((.*(?:missing|needs|without|no ).*)\)/i.exec(test.fullName)?.[1] ?? test.failureMessages?.[0];

function countBrowserTests(suite, trail) {
  for (const spec of suite.specs ?? []) {
    for (const test of spec.tests) {
      const name = [...trail, spec.title].filter(Boolean).join(" › ");
      if (test.status === "skipped") count("skipped", name, test.annotations.find((a) => a.type === "skip" || a.type === "fixme")?.description);
      else if (test.status === "unexpected") count("failed", name, test.results.at(-1)?.error?.message?.split("\n")[0]);
      else count("passed", name);
    }
  }
  for (const inner of suite.suites ?? []) countBrowserTests(inner, [...trail, inner.title]);
}

async function browserTests() {
  const { ensureChromium } = await import("./chromium.mjs");
  if (!ensureChromium(root)) return count("failed", "browser tests", "no Chromium was found or could be installed");
  const report = path.join(out, "e2e.json");
  const { code } = await node("browser tests", "scripts/e2e.mjs", ["--reporter=list,json"], {
    minutes: 16,
    environment: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: report },
  });
  const answer = readJson(report);
  const before = total.failed + total.passed + total.skipped;
  const failedBefore = total.failed;
  for (const suite of answer?.suites ?? []) countBrowserTests(suite, [suite.title]);
  for (const error of answer?.errors ?? []) count("failed", "browser tests", error.message?.split("\n")[0]);
  if (total.failed + total.passed + total.skipped === before) count("failed", "browser tests", answer ? "no test ran" : `no report, exit ${code}`);
  else if (code !== 0 && total.failed === failedBefore) count("failed", "browser tests", `exit ${code}`);
}

async function build() {
  const { code, text } = await node("build", "scripts/build.mjs", [], { minutes: 8 });
  count(code === 0 ? "passed" : "failed", "build", text.trimEnd().split("\n").at(-1));
  return code === 0;
}

function sayPostgres() {
  const found = fs.existsSync("/usr/lib/postgresql") || spawnSync("postgres", ["--version"]).status === 0;
  console.log(found ? "Postgres: a binary was found, the integration tests run on it too" : "Postgres: no binary found, those tests are skipped");
}

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
const start = Date.now();
if (await install()) {
  sayPostgres();
  await check();
  await vitest("unit");
  await vitest("integration");
  if (await build()) await browserTests();
  else count("failed", "browser tests", "not run: the build failed");
  await node("benchmark (never fails this run)", "node_modules/tsx/dist/cli.mjs", ["bench/run.ts", "indicators", "risk", "turn", "--brief"], {
    minutes: 2,
  });
}
console.log(`\nverify took ${((Date.now() - start) / 60_000).toFixed(1)} min`);
if (skips.length > 0) console.log(`skipped:\n${skips.map((line) => `  ${line}`).join("\n")}`);
if (failures.length > 0) console.log(`failed:\n${failures.map((line) => `  ${line}`).join("\n")}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 ? 0 : 1;
