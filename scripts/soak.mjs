// npm run soak [-- seeds]: the long runs. A turn is killed (SIGKILL) before and after every call of a port, in so many seeds (default 50),
// and stopped past its lease (SIGSTOP, SIGCONT) at every one of them; on Postgres where its binary is found, else on the embedded database.
// Then Postgres is killed under load for longer, and the embedded database in the middle of more writes.
import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const seeds = process.argv[2] ?? "50";
/** Each file with the variables that make it long. */
const runs = [
  ["server/agents/turn/shell/crash.int.test.ts", { CRASH_SEEDS: seeds, CRASH_PLACES: process.env.CRASH_PLACES ?? "12", CRASH_STOPS: "all" }],
  ["server/adapters/engine/postgres-killed.int.test.ts", { POSTGRES_KILLS_HOURS: process.env.POSTGRES_KILLS_HOURS ?? "12" }],
  ["server/adapters/db/embedded-crash.int.test.ts", { TORN_WRITES: process.env.TORN_WRITES ?? "100" }],
];
let failed = false;
for (const [file, variables] of runs) {
  const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
  const run = spawnSync(process.execPath, [vitest, "run", "--project", "integration", file], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...variables },
  });
  failed ||= run.status !== 0;
}
process.exit(failed ? 1 : 0);
