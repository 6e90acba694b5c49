// npm run e2e [-- playwright's arguments]: builds when there is no build, starts the production server in demo mode on a free
// port with a data folder of its own, waits for /api/health, runs Playwright against it and stops what it started.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { systemChromium } from "./chromium.mjs";

const root = path.resolve(import.meta.dirname, "..");
const startDeadline = 120_000;

const freePort = () =>
  new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

async function healthy(url, server) {
  const until = Date.now() + startDeadline;
  while (Date.now() < until) {
    if (server.exitCode !== null || server.signalCode !== null) return false;
    const answer = await fetch(`${url}/api/health`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return false;
}

const ended = (child) => child.exitCode !== null || child.signalCode !== null;
async function stop(child) {
  if (ended(child)) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await gone;
  clearTimeout(late);
}

if (!fs.existsSync(path.join(root, ".next/BUILD_ID"))) {
  const build = spawnSync(process.execPath, [path.join(root, "scripts/build.mjs")], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (build.status !== 0) {
    console.error("the build failed: no browser test was run");
    process.exit(1);
  }
}

const port = await freePort();
// The browser tests play the model provider at this port: the product is told so as a user would tell it.
const modelPort = await freePort();
// And a venue, on the same terms.
const venuePort = await freePort();
const url = `http://127.0.0.1:${port}`;
const data = fs.mkdtempSync(path.join(os.tmpdir(), "memepulse-e2e-"));
const log = path.join(data, "server.log");
const sink = fs.openSync(log, "a");
const { DATABASE_URL: _database, NEXTAUTH_SECRET: _secret, VAULT_KEY: _key, ...inherited } = process.env;
const server = spawn(process.execPath, [path.join(root, "node_modules/next/dist/bin/next"), "start", "-H", "127.0.0.1", "-p", String(port)], {
  cwd: root,
  stdio: ["ignore", sink, sink],
  env: {
    ...inherited,
    MEMEPULSE_MODE: "demo",
    DATA_DIR: data,
    PORT: String(port),
    NEXTAUTH_URL: url,
    RATE_LIMIT_SIGN_IN: "0",
    ANTHROPIC_BASE_URL: `http://127.0.0.1:${modelPort}`,
    MARKET_BINANCE_URL: `http://127.0.0.1:${venuePort}`,
    MARKET_BINANCE_WS_URL: `ws://127.0.0.1:${venuePort}`,
  },
});
let code = 1;
try {
  if (await healthy(url, server)) {
    const cli = path.join(root, "node_modules/@playwright/test/cli.js");
    const tests = spawn(process.execPath, [cli, "test", ...process.argv.slice(2)], {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, E2E_URL: url, E2E_MODEL_PORT: String(modelPort), E2E_VENUE_PORT: String(venuePort), CHROMIUM: systemChromium() },
    });
    code = await new Promise((resolve) => tests.once("exit", (status) => resolve(status ?? 1)));
  } else {
    console.error(`the server did not become healthy within ${startDeadline / 1000} s; its last words:`);
    console.error(fs.readFileSync(log, "utf8").split("\n").slice(-40).join("\n"));
  }
} finally {
  await stop(server);
  fs.closeSync(sink);
  fs.rmSync(data, { recursive: true, force: true });
}
process.exit(code);
