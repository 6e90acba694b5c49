// npm run build: the production build of the pages and of the workers that run beside the server. Stamped with what it was made of, so that
// `npm run demo` knows when there is nothing to do.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import { sourceStamp } from "./source-stamp.mjs";

const root = path.resolve(import.meta.dirname, "..");
const stamp = sourceStamp(root);
fs.mkdirSync(path.join(root, "dist"), { recursive: true });
fs.rmSync(path.join(root, "dist/build-stamp"), { force: true });

// Worker threads: each a file of its own, beside the server.
await build({
  entryPoints: {
    "history-worker": path.join(root, "server/demo/history-worker.ts"),
    "risk-worker": path.join(root, "server/adapters/process/risk-worker.ts"),
    "odds-worker": path.join(root, "server/adapters/process/odds-worker.ts"),
    "backtest-worker": path.join(root, "server/adapters/backtest/backtest-worker.ts"),
  },
  outdir: path.join(root, "dist"),
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  tsconfig: path.join(root, "tsconfig.json"),
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  logLevel: "warning",
});

const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", BUILD_ID: stamp.slice(0, 12) };
const next = spawnSync(process.execPath, [path.join(root, "node_modules/next/dist/bin/next"), "build"], { cwd: root, env, stdio: "inherit" });
if (next.status !== 0) process.exit(next.status ?? 1);
fs.writeFileSync(path.join(root, "dist/build-stamp"), stamp);
