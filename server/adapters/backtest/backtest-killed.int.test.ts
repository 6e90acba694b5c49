import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";

/** How often the process is killed; in the soak. Each one starts a process of its own. */
const KILLS = Number(process.env.BACKTEST_KILLS ?? 2);
const root = path.resolve(import.meta.dirname, "../../..");
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "backtest-killed-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

// Opens the database in the folder, queues a sweep unless one is there, and runs it; says what is stored of it as it goes.
const RUNNER = `
const { randomUUID } = await import("node:crypto");
const { openDatabase } = await import("./server/adapters/db/open-database.ts");
const { PrismaBacktestStore } = await import("./server/adapters/db/prisma-backtest-store.ts");
const { PrismaBacktestQueue } = await import("./server/adapters/db/prisma-backtest-queue.ts");
const { PrismaUserRepository } = await import("./server/adapters/db/prisma-user-repository.ts");
const { SimulatedMarketFeed } = await import("./server/adapters/market/simulated-market-feed.ts");
const { systemScope } = await import("./server/auth/scope.ts");
const { DEFAULT_COSTS } = await import("./server/backtest/index.ts");
const { DEFAULT_FEES, instrumentFor } = await import("./server/trading/index.ts");
const { BacktestRunner } = await import("./server/adapters/backtest/backtest-runner.ts");
const { startWorker } = await import("./server/adapters/backtest/start-worker.ts");
const [folder, file] = process.argv.slice(1);
const db = await openDatabase({ dataDir: folder });
db.setUrl("http://127.0.0.1:4301");
const store = new PrismaBacktestStore(db);
const { workspaceId } = await new PrismaUserRepository(db).signIn({ address: "0x" + "a".repeat(40), marketNow: 1000 });
const scope = systemScope(workspaceId);
const from = Date.UTC(2025, 0, 1);
const agents = [{ name: "a", symbols: ["BTC/USDT"], ruleSet: "trend-follow", params: {}, capital: null, limits: {} }];
const base = { version: 1, engine: "event", interval: "1h", from, to: from + 3000 * 3600000, capital: "1000", agents, costs: DEFAULT_COSTS, draws: 0, seed: 1 };
const values = (first, step, n) => Array.from({ length: n }, (_, i) => first + i * step);
const axes = [{ param: "fast", values: values(3, 1, 12) }, { param: "slow", values: values(20, 5, 20) }];
const [known] = await store.list(scope, { limit: 1 });
const id = known?.id ?? (await store.insert(scope, { name: "killed", job: { kind: "sweep", spec: { version: 1, base, axes } }, trials: 240 }, Date.now()));
const runner = new BacktestRunner({
  db, wall: { now: () => Date.now() }, owner: randomUUID(), build: "test", candlesDir: null, seed: 7, leaseMs: 300,
  feedOf: async () => new SimulatedMarketFeed(7), instrumentOf: async (_, s) => instrumentFor(s, null, DEFAULT_FEES),
  onError: (error) => { throw error; }, start: (job, onMessage) => startWorker(job, onMessage, file),
});
runner.start();
for (;;) {
  const b = await store.get(scope, id);
  const parts = (await new PrismaBacktestQueue(db).kept(id)).length;
  console.log(JSON.stringify({ status: b.status, parts, hash: b.resultHash, reason: b.reason, trials: (await store.trials(scope, { symbols: ["BTC/USDT"], family: "trend-follow" })).length }));
  if (b.status === "done" || b.status === "failed") break;
  await new Promise((done) => setTimeout(done, 20));
}
await runner.close();
await db.close();
process.exit(0);
`;

type Said = { status: string; parts: number; hash: string | null; reason?: string | null; trials: number };

/** Runs the process until it ends, or is killed as soon as more pieces are stored than before. */
async function run(data: string, file: string, killAfter: number | null): Promise<Said> {
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", RUNNER, data, file], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let last: Said = { status: "none", parts: 0, hash: null, trials: 0 };
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      last = JSON.parse(line) as Said;
      if (killAfter !== null && last.parts > killAfter && last.status === "running") child.kill("SIGKILL");
    }
  });
  await once(child, "exit");
  return last;
}

it(
  "a process that is killed again and again in the middle of a sweep ends with the hash of one that was not",
  async () => {
    const { build } = await import("esbuild");
    const file = path.join(folder, "worker.mjs");
    await build({
      entryPoints: [path.join(root, "server/adapters/backtest/backtest-worker.ts")],
      outfile: file,
      bundle: true,
      platform: "node",
      target: "node20",
      format: "esm",
      tsconfig: path.join(root, "tsconfig.json"),
      banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
      logLevel: "error",
    });
    const whole = await run(path.join(folder, "whole"), file, null);
    expect(whole).toMatchObject({ status: "done", trials: 240, reason: null });
    const data = path.join(folder, "killed");
    let [killed, kept] = [0, 0];
    let last: Said = whole;
    for (let i = 0; i < KILLS; i++) {
      last = await run(data, file, kept);
      if (last.status !== "running") break;
      expect(last.parts).toBeGreaterThan(kept);
      kept = last.parts;
      killed += 1;
    }
    if (last.status === "running") last = await run(data, file, null);
    expect(killed).toBeGreaterThan(1);
    expect(last).toMatchObject({ status: "done", hash: whole.hash, trials: whole.trials });
  },
  60_000 * (KILLS + 2),
);
