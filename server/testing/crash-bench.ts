import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import type { Database } from "@/server/adapters/db/database";
import { openDatabase } from "@/server/adapters/db/open-database";
import { HttpExchangeClient } from "@/server/adapters/exchanges/paper/http-exchange-client";
import { fixed, sha256 } from "@/server/shared";
import { findBookErrors } from "./book-errors";
import type { CrashLife, CrashPlace } from "./crash-child";
import { createEmptyDatabase, testEngines } from "./database";
import { liveAgents, TEST_CONFIG } from "./live-agents";
import type { NaiveStore } from "./naive-order-stores";
import { seedWorkspace } from "./seed-workspace";

// Where a bundle finds the packages it leaves out.
const bundles = path.resolve(import.meta.dirname, `../../node_modules/.cache/crash-bench-${process.pid}`);
const root = path.resolve(import.meta.dirname, "../..");
const migrationsDir = path.join(root, "prisma/migrations");
const START = Date.UTC(2026, 10, 2);
const MAX_TICKS = 16;
const LAST_TICKS = 3;
/** A life makes at least as many writes to its data folder. */
const WRITES = 80;

export type CrashRun = {
  readonly seed: string;
  /** One life each, in an order that the seed decides. */
  readonly places: readonly CrashPlace[];
  readonly signal: "SIGKILL" | "SIGSTOP";
  readonly naive: NaiveStore | null;
};

/** What the venue's log and the books say after all lives. */
export type CrashReport = {
  /** Points where a process really died (or was stopped). */
  readonly killed: readonly CrashPlace[];
  readonly orders: number;
  readonly executions: number;
  /** Placements beyond the first of one client order id, by the venue's log. */
  readonly duplicates: number;
  /** Executions in the venue's log without exactly one fill of the same figures and its postings. */
  readonly unbooked: readonly string[];
  readonly wrongBooks: readonly string[];
  readonly unfinishedTurns: readonly string[];
  readonly sendingOrders: readonly string[];
  /** What stopped processes died of when they were woken after another had taken over. */
  readonly sleepersStopped: readonly string[];
};

export type CrashBench = { readonly engine: "postgres" | "pglite"; run(run: CrashRun): Promise<CrashReport>; close(): Promise<void> };

/** A venue in a process of its own, and processes of the product that die: on Postgres, or on a data folder where there is none. */
export async function openCrashBench(folder: string, engine?: string): Promise<CrashBench> {
  const kind = engine === "pglite" || !testEngines().includes("postgres") ? "pglite" : "postgres";
  const logFile = path.join(folder, "venue.log");
  fs.writeFileSync(logFile, "");
  await build({
    entryPoints: ["crash-child.ts", "venue-process.ts"].map((f) => path.join(import.meta.dirname, f)),
    outdir: bundles,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "error",
  });
  const venue = spawn(process.execPath, [path.join(bundles, "venue-process.mjs"), JSON.stringify({ logFile })], {
    cwd: root,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [venueUrl] = (await once(createInterface({ input: venue.stdout }), "line")) as [string];
  return {
    engine: kind,
    run: (run) => crashRun(run, { kind, folder, venueUrl, logFile }),
    async close() {
      for (const child of lives) child.kill("SIGKILL");
      venue.stdin.end();
      if (venue.exitCode === null) await once(venue, "exit");
      fs.rmSync(bundles, { recursive: true, force: true });
    },
  };
}

type Bench = { readonly kind: "postgres" | "pglite"; readonly folder: string; readonly venueUrl: string; readonly logFile: string };

async function crashRun(run: CrashRun, bench: Bench): Promise<CrashReport> {
  const database = bench.kind === "postgres" ? { databaseUrl: await createEmptyDatabase() } : { dataDir: path.join(bench.folder, run.seed) };
  const agent = await withDatabase(database, (db) => startAgent(db, bench.venueUrl));
  const life = (crash: CrashLife["crash"], ticks: number): CrashLife => ({
    database,
    venueUrl: bench.venueUrl,
    agent,
    seed: run.seed,
    start: START,
    ticks,
    crash,
    naive: run.naive,
  });
  const killed: CrashPlace[] = [];
  const sleepersStopped: string[] = [];
  for (const [i, place] of shuffled(run.places, run.seed).entries()) {
    const nth = 1 + (Number.parseInt(sha256(`${run.seed}|${i}`).slice(0, 6), 16) % (place === "within a write" ? WRITES : 2));
    const process = startLife(life({ place, nth, signal: run.signal }, MAX_TICKS));
    if ((await process.fate()) === run.signal) killed.push(place);
    if (run.signal !== "SIGSTOP") continue;
    // Another process takes over while this one sleeps.
    await startLife(life(null, 1)).finished();
    sleepersStopped.push(await process.wake());
  }
  await startLife(life(null, LAST_TICKS)).finished();
  const found = await withDatabase(database, (db) => examine(db, agent, bench.logFile));
  return { killed, sleepersStopped, ...found };
}

async function withDatabase<T>(database: CrashLife["database"], fn: (db: Database) => Promise<T>): Promise<T> {
  const db = await openDatabase({ ...database, migrationsDir });
  try {
    return await fn(db);
  } finally {
    await db.close();
  }
}

async function startAgent(db: Database, venueUrl: string): Promise<CrashLife["agent"]> {
  const { scope, workspaceId } = await seedWorkspace(db, { dailyModelCap: fixed("1000") });
  const unused = { complete: () => Promise.reject(new Error("nobody decides here")) };
  const a = liveAgents(db, { start: START, exchange: new HttpExchangeClient(venueUrl), model: unused });
  const limits = { ...TEST_CONFIG.limits, maxDailyLoss: null, maxOrdersPerHour: null };
  const config = { ...TEST_CONFIG, decider: { kind: "model" as const, model: "claude-haiku-4-5" }, dailyModelCap: fixed("1000"), limits };
  const { agentId } = await a.service.create(scope, { config, capital: fixed("10000") });
  await a.service.start(scope, agentId);
  await a.scheduler.finishTransition(workspaceId, agentId);
  return { workspaceId, agentId };
}

/** Those still alive: none may be left behind, least of all one that sleeps. */
const lives = new Set<ChildProcess>();

function startLife(life: CrashLife) {
  const child = spawn(process.execPath, [path.join(bundles, "crash-child.mjs"), JSON.stringify(life)], {
    cwd: root,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  lives.add(child);
  child.once("exit", () => lives.delete(child));
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  const stopped = async (): Promise<"SIGSTOP"> => {
    // Nobody is told when a grandchild stops: its state is read until it says so.
    while (child.exitCode === null && child.signalCode === null && !isStopped(child.pid ?? 0)) await new Promise((ok) => setTimeout(ok, 20));
    return "SIGSTOP";
  };
  const finished = async (): Promise<void> => {
    const [code, signal] = await exited;
    if (code !== 0 && !life.naive) throw new Error(`a life without a crash ended by ${signal ?? code}: ${errors}`);
  };
  return {
    finished,
    async fate(): Promise<"SIGKILL" | "SIGSTOP" | "none"> {
      if (life.crash?.signal === "SIGSTOP") {
        const first = await Promise.race([exited.then(() => "none" as const), stopped()]);
        return isStopped(child.pid ?? 0) ? first : "none";
      }
      const [code, signal] = await exited;
      if (signal === "SIGKILL") return "SIGKILL";
      if (code === 0) return "none";
      // The control's books break sooner or later; what matters there is what the venue saw.
      if (life.naive) return "none";
      throw new Error(`a life ended by an error before its crash: ${errors}`);
    },
    async wake(): Promise<string> {
      child.kill("SIGCONT");
      await exited;
      return /code: '([A-Z_]+)'/.exec(errors)?.[1] ?? (errors || "nothing");
    },
  };
}

const isStopped = (pid: number): boolean => {
  try {
    return /^State:\s+T/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

const shuffled = <T>(items: readonly T[], seed: string): T[] =>
  items
    .map((item, i) => ({ item, key: sha256(`${seed}|order|${i}`) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ item }) => item);

type LogLine = {
  readonly event: string;
  readonly account: string;
  readonly clientOrderId?: string;
  readonly executionId?: string;
  readonly quantity?: string;
  readonly price?: string;
  readonly fee?: string;
};

async function examine(db: Database, agent: CrashLife["agent"], logFile: string): Promise<Omit<CrashReport, "killed" | "sleepersStopped">> {
  const lines = fs
    .readFileSync(logFile, "utf8")
    .split("\n")
    .filter((l) => l !== "")
    .map((l) => JSON.parse(l) as LogLine)
    .filter((l) => l.account === agent.agentId);
  const placed = lines.filter((l) => l.event === "order").map((l) => l.clientOrderId);
  const executions = lines.filter((l) => l.event === "execution");
  const fills = await db.raw.query<{ executionId: string; orderId: string; quantity: string; price: string; fee: string; postings: number }>(
    `SELECT f."executionId", f."orderId", trim_scale(f.quantity)::text AS quantity, trim_scale(f.price)::text AS price, trim_scale(f.fee)::text AS fee,
            (SELECT count(*)::int FROM "Posting" p WHERE p."transactionId" = f."transactionId") AS postings
       FROM "Fill" f WHERE f."agentId" = $1::uuid`,
    [agent.agentId],
  );
  const isBooked = (e: LogLine): boolean => {
    const own = fills.filter((f) => f.executionId === e.executionId);
    const [f] = own;
    if (own.length !== 1 || !f) return false;
    return f.orderId === e.clientOrderId && f.quantity === e.quantity && f.price === e.price && f.fee === e.fee && f.postings >= 4;
  };
  const unfinished = await db.raw.query<{ id: string; phase: string }>(
    `SELECT id, phase FROM "Turn" WHERE "agentId" = $1::uuid AND phase NOT IN ('executing', 'settled', 'failed')`,
    [agent.agentId],
  );
  const sending = await db.raw.query<{ id: string }>(`SELECT id FROM "Order" WHERE "agentId" = $1::uuid AND status IN ('sending', 'intended')`, [
    agent.agentId,
  ]);
  const extra = fills.length - executions.length;
  return {
    orders: placed.length,
    executions: executions.length,
    duplicates: placed.length - new Set(placed).size,
    unbooked: [
      ...executions.filter((e) => !isBooked(e)).map((e) => e.executionId ?? ""),
      ...(extra > 0 ? [`${extra} fills that the venue knows nothing of`] : []),
    ],
    wrongBooks: await findBookErrors(db, agent.workspaceId),
    unfinishedTurns: unfinished.map((t) => `${t.id} ${t.phase}`),
    sendingOrders: sending.map((o) => o.id),
  };
}
