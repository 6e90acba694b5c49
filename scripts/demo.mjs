// npm run demo: from a fresh clone to a running product. Needs Node 20.19 or newer and nothing else; asks nothing.
//   npm run demo                          simulated market
//   npm run demo -- --candles DIR         your own candle files, played from two weeks in (60×; --speed N)
//   npm run demo -- --reset               forgets the demo's data first
// PORT (default 3000) and DATA_DIR (default .data) are read from the environment.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const began = Date.now();
const say = (text) => console.log(`[${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s] ${text}`);
const fail = (text) => {
  console.error(`\n${text}\n`);
  process.exit(1);
};

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) fail(`MemePulse needs Node 20.19 or newer; this is ${process.version}.`);

const options = { reset: false, candles: null, speed: "60" };
for (let i = 2; i < process.argv.length; i++) {
  const arg = process.argv[i];
  if (arg === "--reset") options.reset = true;
  else if (arg === "--candles" || arg === "--speed") {
    const value = process.argv[++i];
    if (!value) fail(`${arg} needs a value.`);
    options[arg.slice(2)] = value;
  } else fail(`Unknown option ${arg}. There are --candles DIR, --speed N and --reset.`);
}
if (!/^\d+(\.\d+)?$/.test(options.speed) || Number(options.speed) < 1 || Number(options.speed) > 3600)
  fail("--speed must be a number from 1 to 3600.");
const candles = options.candles && path.resolve(process.env.INIT_CWD ?? process.cwd(), options.candles);
if (candles && !fs.statSync(candles, { throwIfNoEntry: false })?.isDirectory()) fail(`There is no folder ${candles}.`);

const port = process.env.PORT || "3000";
if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65535) fail("PORT must be a port number.");
const dataDir = path.resolve(
  root,
  process.env.DATA_DIR || (candles ? `.data/candles-${createHash("sha256").update(candles).digest("hex").slice(0, 8)}` : ".data/demo"),
);

await portIsFree();
install();
const stamp = await buildIfNeeded();
if (options.reset) {
  fs.rmSync(dataDir, { recursive: true, force: true });
  say("Forgot the demo's data");
}
start(stamp);

async function portIsFree() {
  const free = await new Promise((done) => {
    const probe = net.createServer();
    probe.once("error", () => done(false));
    probe.listen(Number(port), "127.0.0.1", () => probe.close(() => done(true)));
  });
  if (!free) fail(`Port ${port} is in use. Stop what uses it, or choose another: PORT=3001 npm run demo`);
}

function install() {
  const lock = createHash("sha256")
    .update(fs.readFileSync(path.join(root, "package-lock.json")))
    .digest("hex");
  const mark = path.join(root, "node_modules/.installed-lock");
  const installed = fs.existsSync(path.join(root, "node_modules/next/package.json"));
  if (installed && (!fs.existsSync(mark) || fs.readFileSync(mark, "utf8") === lock)) return;
  say("Installing packages (a minute or two the first time)");
  run("npm", ["ci", "--no-audit", "--no-fund"], "The packages could not be installed.");
  fs.writeFileSync(mark, lock);
  say("Packages are installed");
}

async function buildIfNeeded() {
  run(process.execPath, [path.join(root, "scripts/prisma-generate.mjs")], "The database client could not be made.");
  const { sourceStamp } = await import("./source-stamp.mjs");
  const stamp = sourceStamp(root);
  const file = path.join(root, "dist/build-stamp");
  if (fs.existsSync(file) && fs.readFileSync(file, "utf8") === stamp && fs.existsSync(path.join(root, ".next/BUILD_ID"))) return stamp;
  say("Building the product (half a minute)");
  run(process.execPath, [path.join(root, "scripts/build.mjs")], "The build failed.");
  say("Built");
  return stamp;
}

/** Runs quietly; its output is shown only when it fails. A line every ten seconds says that it goes on. */
function run(command, args, problem) {
  const alive = spawn(process.execPath, ["-e", `setInterval(() => process.stdout.write("          … still at it\\n"), 10000)`], {
    stdio: ["ignore", "inherit", "ignore"],
  });
  const done = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    env: process.env,
    shell: process.platform === "win32" && command === "npm",
    maxBuffer: 64 << 20,
  });
  alive.kill();
  if (done.status !== 0) fail(`${done.stdout ?? ""}${done.stderr ?? ""}\n${problem}`);
}

function start(stamp) {
  const origin = `http://127.0.0.1:${port}`;
  say("Starting");
  const { DATABASE_URL: _ignored, ...inherited } = process.env;
  if (_ignored) say("DATABASE_URL is ignored: the demo keeps its own embedded database");
  const env = {
    ...inherited,
    MEMEPULSE_MODE: "demo",
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
    PORT: port,
    NEXTAUTH_URL: origin,
    DATA_DIR: dataDir,
    BUILD_ID: stamp.slice(0, 12),
    LOG_LEVEL: process.env.LOG_LEVEL || "warn",
    ...(candles ? { MARKET_CANDLES_DIR: candles, MARKET_SPEED: options.speed } : {}),
  };
  // npm and the shell send Ctrl-C to the whole group; a group of its own lets this script end the server in order.
  const server = spawn(process.execPath, [path.join(root, "node_modules/next/dist/bin/next"), "start", "-H", "127.0.0.1", "-p", port], {
    cwd: root,
    env,
    // The channel carries nothing: when this script is killed it closes, and the server ends itself instead of keeping port and data.
    stdio: ["ignore", "pipe", "inherit", "ipc"],
    detached: process.platform !== "win32",
  });
  server.stdout.on("data", (chunk) => {
    if (process.env.LOG_LEVEL) process.stdout.write(chunk);
  });
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    say("Stopping");
    server.kill("SIGTERM");
    setTimeout(() => server.kill("SIGKILL"), 10_000).unref();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  server.on("exit", (code) => {
    if (stopping) {
      say("Stopped");
      process.exit(0);
    }
    fail(`The server ended by itself (${code}). The lines above say why.`);
  });
  void announce(origin);
}

async function announce(origin) {
  for (;;) {
    const up = await fetch(`${origin}/api/health`).then(
      (r) => r.ok,
      () => false,
    );
    if (up) break;
    await new Promise((done) => setTimeout(done, 200));
  }
  say("Ready");
  console.log(
    `\n  MemePulse runs at  ${origin}\n\n  Market: ${candles ? `candle files in ${candles}, ${options.speed}×` : "simulated"}. Trading: paper. Ctrl-C stops it.\n`,
  );
}
