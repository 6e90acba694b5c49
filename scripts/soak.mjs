// npm run soak [-- seeds]: the long runs. A turn is killed (SIGKILL) before and after every call of a port, in so many seeds (default 50),
// and stopped past its lease (SIGSTOP, SIGCONT) at every one of them; on Postgres where its binary is found, else on the embedded database.
import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const seeds = process.argv[2] ?? "50";
const run = spawnSync(
  process.execPath,
  [path.join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", "integration", "server/agents/turn/shell/crash.int.test.ts"],
  { cwd: root, stdio: "inherit", env: { ...process.env, CRASH_SEEDS: seeds, CRASH_PLACES: process.env.CRASH_PLACES ?? "12", CRASH_STOPS: "all" } },
);
process.exit(run.status ?? 1);
