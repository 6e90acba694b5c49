// npm run dev: the development server on loopback, with the embedded defaults and burner wallets.
import { spawn, spawnSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
spawnSync(process.execPath, [path.join(root, "scripts/prisma-generate.mjs")], { stdio: "inherit" });
const port = process.env.PORT ?? "3000";
const env = {
  ...process.env,
  MEMEPULSE_MODE: "development",
  PORT: port,
  NEXTAUTH_URL: process.env.NEXTAUTH_URL ?? `http://127.0.0.1:${port}`,
  NEXT_TELEMETRY_DISABLED: "1",
  NEXT_EXIT_TIMEOUT_MS: "8000",
};
const server = spawn(process.execPath, [path.join(root, "node_modules/next/dist/bin/next"), "dev", "-H", "127.0.0.1", "-p", port], {
  cwd: root,
  stdio: "inherit",
  env,
});
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
server.on("exit", (code) => process.exit(code ?? 0));
