// npm start: the production server. Everything it needs comes from the environment (see .env.example).
import { spawn } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const args = [
  path.join(root, "node_modules/next/dist/bin/next"),
  "start",
  "-p",
  process.env.PORT ?? "3000",
  ...(process.env.HOST ? ["-H", process.env.HOST] : []),
];
const server = spawn(process.execPath, args, { cwd: root, stdio: "inherit", env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" } });
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => server.kill(signal));
server.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
