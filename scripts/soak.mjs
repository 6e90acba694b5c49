// npm run soak [-- seeds]: the long runs.
// 1. The turn shell is simulated in one process, its calls interleaved, lost and cut off as a seed decides: SIM_SEEDS of them (default 5,000).
// 2. The same with every call made of the database's stores too and compared: SIM_MIRRORED seeds (default 50).
// 3. A turn is killed (SIGKILL) before and after every call of a port, in so many seeds (default 50), and stopped past its lease (SIGSTOP,
//    SIGCONT) at every one of them; on Postgres where its binary is found, else on the embedded database.
// 4. Postgres is killed under load for longer, and the embedded database in the middle of more writes.
// 5. The gate out of paper is calibrated in every kind of market.
// 6. The three backtest engines are compared on more markets: ENGINE_RUNS of them (default 2,000).
// 7. Random wallet trees live through WALLET_OPERATIONS operations each (default 3,000, of 4 trees), and rebalancings are killed WALLET_KILLS times.
// npm run soak -- --seed 4711: that one seed of the simulation, with its steps in order.
import { spawnSync } from "node:child_process";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");

/** Runs one test file; ends all of it when that fails. */
function run(project, file, environment, ...args) {
  const { status } = spawnSync(process.execPath, [path.join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", project, file, ...args], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, ...environment },
  });
  if (status !== 0) process.exit(status ?? 1);
}

const simulation = (environment) => run("unit", "server/testing/simulation/simulation.test.ts", environment, "-t", "keeps its promises");

const flag = process.argv.indexOf("--seed");
if (flag > 0) {
  const seed = process.argv[flag + 1] ?? "";
  if (!/^\d+$/.test(seed)) {
    console.error("--seed needs the number of a seed");
    process.exit(2);
  }
  simulation({ SIM_SEED: seed });
} else {
  const seeds = process.argv[2] ?? "50";
  simulation({ SIM_SEEDS: process.env.SIM_SEEDS ?? "5000" });
  run("unit", "server/evidence/calibration.test.ts", { EVIDENCE_FULL: "1" });
  run("unit", "server/backtest/engines/engines.test.ts", { ENGINE_RUNS: process.env.ENGINE_RUNS ?? "2000" });
  run("integration", "server/testing/simulation/mirrored-stores.int.test.ts", { SIM_MIRRORED: process.env.SIM_MIRRORED ?? "50" });
  run("integration", "server/agents/turn/shell/crash.int.test.ts", {
    CRASH_SEEDS: seeds,
    CRASH_PLACES: process.env.CRASH_PLACES ?? "12",
    CRASH_STOPS: "all",
  });
  run("integration", "server/adapters/engine/postgres-killed.int.test.ts", { POSTGRES_KILLS_HOURS: process.env.POSTGRES_KILLS_HOURS ?? "12" });
  run("integration", "server/adapters/backtest/backtest-killed.int.test.ts", { BACKTEST_KILLS: process.env.BACKTEST_KILLS ?? "8" });
  run("integration", "server/adapters/db/wallets/conservation.int.test.ts", {
    WALLET_OPERATIONS: process.env.WALLET_OPERATIONS ?? "3000",
    WALLET_TREES: process.env.WALLET_TREES ?? "4",
  });
  run("integration", "server/adapters/db/wallets/rebalance-killed.int.test.ts", { WALLET_KILLS: process.env.WALLET_KILLS ?? "12" });
  run("integration", "server/adapters/db/embedded-crash.int.test.ts", { TORN_WRITES: process.env.TORN_WRITES ?? "100" });
}
