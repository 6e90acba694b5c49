import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import type { Database } from "@/server/adapters/db/database";
import { openDatabase } from "@/server/adapters/db/open-database";
import { PaperExchangeClient } from "@/server/adapters/exchanges/paper/paper-exchange-client";
import { PrismaPaperAccountStore } from "@/server/adapters/exchanges/paper/prisma-paper-account-store";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import { fixed } from "@/server/shared";
import { freePort } from "@/server/testing/free-port";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { findPostgres, startPostgresCluster } from "@/server/testing/postgres-cluster";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import type { Area, Figure } from "../measure";

const root = path.resolve(import.meta.dirname, "../..");
const MINUTE = 60_000;
const AGENTS_PER_WORKSPACE = 20;
const SEED = 7;
const sizes = (): number[] => (process.env.LOAD_AGENTS ?? "100,1000,5000").split(",").map(Number);
const minutes = (): number => Number(process.env.LOAD_MINUTES ?? 4);
const kinds = (): string[] => (process.env.LOAD_ENGINES ?? "pglite,postgres").split(",");

/**
 * One-minute agents on the built product in one process: are all ticks served within their minute, and at what price? All of them are due at
 * the same instant. It takes minutes a size (LOAD_AGENTS, LOAD_MINUTES and LOAD_ENGINES choose), so the short benchmark leaves it out.
 */
export const load: Area = {
  name: "load",
  async measure(brief) {
    if (brief) throw new Error("takes minutes: npm run bench -- load");
    if (!fs.existsSync(path.join(root, ".next/BUILD_ID"))) throw new Error("there is no production build (npm run build)");
    const figures: Figure[] = [];
    for (const kind of kinds())
      for (const agents of sizes()) figures.push(...(kind === "pglite" ? await onPglite(agents) : await onPostgres(agents)));
    return figures;
  },
};

async function onPglite(agents: number): Promise<Figure[]> {
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "memepulse-load-"));
  try {
    const open = () => openDatabase({ dataDir });
    await withDatabase(open, (db) => seed(db, agents));
    const used = await serve({ DATA_DIR: dataDir }, () => []);
    return await withDatabase(open, (db) => report(db, "PGlite", agents, used));
  } finally {
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

async function onPostgres(agents: number): Promise<Figure[]> {
  const bin = findPostgres();
  if (!bin) throw new Error("no Postgres on this machine");
  const cluster = await startPostgresCluster(bin);
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), "memepulse-load-"));
  try {
    const admin = new pg.Client({ connectionString: cluster.url("postgres") });
    await admin.connect();
    await admin.query("CREATE DATABASE load");
    await admin.end();
    const open = () => openDatabase({ databaseUrl: cluster.url("load") });
    await withDatabase(open, (db) => seed(db, agents));
    const used = await serve({ DATA_DIR: dataDir, DATABASE_URL: cluster.url("load") }, postgresProcesses);
    return await withDatabase(open, (db) => report(db, "Postgres", agents, used));
  } finally {
    await cluster.stop();
    fs.rmSync(dataDir, { recursive: true, force: true });
  }
}

async function withDatabase<T>(open: () => Promise<Database>, use: (db: Database) => Promise<T>): Promise<T> {
  const db = await open();
  try {
    return await use(db);
  } finally {
    await db.close();
  }
}

/** Running agents, one decision a minute each, over all symbols of the simulated market. */
async function seed(db: Database, agents: number): Promise<void> {
  const exchange = new PaperExchangeClient({ feed: new SimulatedMarketFeed(SEED), store: new PrismaPaperAccountStore(db) });
  const live = liveAgents(db, { start: Date.now(), exchange });
  const symbols = live.feed.symbols().map((s) => s.symbol);
  for (let i = 0; i < agents; ) {
    const { scope, workspaceId } = await seedWorkspace(db);
    for (let k = 0; k < AGENTS_PER_WORKSPACE && i < agents; k++, i++) {
      const config = {
        ...TEST_CONFIG,
        name: `Agent ${i}`,
        symbols: [symbols[i % symbols.length] ?? "BTC/USDT"],
        trigger: { kind: "interval" as const, interval: "1m" as const },
        barInterval: "1m" as const,
        settleAfterMs: MINUTE,
        limits: { ...TEST_CONFIG.limits, maxOrdersPerHour: null },
      };
      const { agentId } = await live.service.create(scope, { config, capital: fixed("1000") });
      await live.service.start(scope, agentId);
      await live.scheduler.finishTransition(workspaceId, agentId);
    }
  }
  // As if they had all run till now: what the seeding took is not an outage.
  await db.raw.query(`UPDATE "Agent" SET "lastTickAt" = now()`, []);
}

type Used = { readonly cpuShare: number; readonly databaseShare: number; readonly peakMb: number; readonly metrics: string; readonly from: number };

/** Serves the product for the asked minutes after a first one that warms it up; answers what it used meanwhile. */
async function serve(extra: Record<string, string>, alsoUsed: () => number[]): Promise<Used> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { NEXTAUTH_SECRET: _secret, VAULT_KEY: _key, DATABASE_URL: _database, ...inherited } = process.env;
  const env = { MEMEPULSE_MODE: "development", PORT: String(port), NEXTAUTH_URL: url, LOG_LEVEL: "error", MARKET_SEED: String(SEED) };
  const server: ChildProcess = spawn(
    process.execPath,
    [path.join(root, "node_modules/next/dist/bin/next"), "start", "-H", "127.0.0.1", "-p", String(port)],
    { cwd: root, stdio: ["ignore", "inherit", "inherit"], env: { ...inherited, ...env, ...extra } },
  );
  const pid = server.pid ?? 0;
  try {
    for (
      let i = 0;
      !(await fetch(`${url}/api/health`).then(
        (r) => r.ok,
        () => false,
      ));
      i++
    ) {
      if (server.exitCode !== null || i > 1200) throw new Error("the product did not start");
      await pause(100);
    }
    const from = Math.ceil((Date.now() + MINUTE) / MINUTE) * MINUTE;
    await pause(from - Date.now() - 500);
    const before = cpuSeconds([pid]);
    const databaseBefore = cpuSeconds(alsoUsed());
    const metricsBefore = await (await fetch(`${url}/api/metrics`)).text();
    const until = from + minutes() * MINUTE - 500;
    let peakMb = 0;
    while (Date.now() < until) {
      peakMb = Math.max(peakMb, residentMb(pid));
      await pause(500);
    }
    const seconds = minutes() * 60;
    const cpuShare = (cpuSeconds([pid]) - before) / seconds;
    const databaseShare = (cpuSeconds(alsoUsed()) - databaseBefore) / seconds;
    const metricsAfter = await (await fetch(`${url}/api/metrics`)).text();
    const metrics = difference(metricsBefore, metricsAfter);
    return { cpuShare, databaseShare, peakMb, metrics, from };
  } finally {
    const gone = new Promise((done) => server.once("exit", done));
    server.kill("SIGTERM");
    await gone;
  }
}

async function report(db: Database, label: string, agents: number, used: Used): Promise<Figure[]> {
  const until = used.from + minutes() * MINUTE;
  const [row] = await db.raw.query<Record<string, number>>(
    `SELECT count(*)::int AS turns,
            coalesce(percentile_cont(0.5) WITHIN GROUP (ORDER BY late), 0)::float AS p50,
            coalesce(percentile_cont(0.99) WITHIN GROUP (ORDER BY late), 0)::float AS p99,
            coalesce(max(late), 0)::float AS latest,
            count(*) FILTER (WHERE late > 60000)::int AS too_late,
            count(*) FILTER (WHERE phase IN ('failed', 'skipped'))::int AS unserved
       FROM (SELECT phase, extract(epoch FROM ("createdAt" - at)) * 1000 AS late FROM "Turn"
              WHERE at >= to_timestamp($1::double precision / 1000) AND at < to_timestamp($2::double precision / 1000)) t`,
    [used.from, until - MINUTE],
  );
  const [orders] = await db.raw.query<{ n: number }>(`SELECT count(*)::int AS n FROM "Order"`, []);
  const turns = row?.turns ?? 0;
  const due = agents * (minutes() - 1);
  const statements = total(used.metrics, "memepulse_database_statement_duration_seconds_count");
  const served = total(used.metrics, "memepulse_turn_duration_seconds_count");
  const turnMs = (total(used.metrics, "memepulse_turn_duration_seconds_sum") / Math.max(1, served)) * 1000;
  const of = (what: string, value: number, unit: string, budget?: number, better: "less" | "more" = "less"): Figure => ({
    area: "load",
    what: `${label}, ${agents.toLocaleString("en")} agents a minute: ${what}`,
    value,
    unit,
    ...(budget === undefined ? {} : { budget, better }),
  });
  return [
    of(`ticks served of ${due} due`, (100 * (turns - (row?.unserved ?? 0) - (row?.too_late ?? 0))) / due, "%", 100, "more"),
    of("tick → claimed, p50", (row?.p50 ?? 0) / 1000, "s"),
    of("tick → claimed, p99", (row?.p99 ?? 0) / 1000, "s", 60),
    of("tick → claimed, last", (row?.latest ?? 0) / 1000, "s", 60),
    of("CPU of the product", used.cpuShare * 100, "% of a core", agents === 1000 ? 50 : undefined),
    ...(label === "Postgres" ? [of("CPU of the database server", used.databaseShare * 100, "% of a core")] : []),
    of("memory at most", used.peakMb, "MB"),
    of("SQL statements a turn, all work counted", statements / Math.max(1, served), ""),
    of("a turn from claim to orders sent, mean", turnMs, "ms"),
    of("event loop lag p99 (last seen)", total(used.metrics, "nodejs_eventloop_lag_p99_seconds") * 1000, "ms"),
    of("orders placed in all", orders?.n ?? 0, ""),
  ];
}

/** Sum of all samples of a metric in the Prometheus text. */
const total = (text: string, name: string): number =>
  text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);

/** The later text with counters less their earlier values; gauges as they are. */
function difference(before: string, after: string): string {
  const earlier = new Map(before.split("\n").map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]));
  return after
    .split("\n")
    .map((line) => {
      const cut = line.lastIndexOf(" ");
      const name = line.slice(0, cut);
      return /_(count|sum|total|bucket)\b/.test(name) ? `${name} ${Number(line.slice(cut + 1)) - (earlier.get(name) ?? 0)}` : line;
    })
    .join("\n");
}

/** Processor time that the processes have used (s), from /proc: Linux only. */
function cpuSeconds(pids: readonly number[]): number {
  const ticks = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  let sum = 0;
  for (const pid of pids) {
    const stat = readProc(`${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // With what ended children of it used: a database server's connections come and go.
    sum += [11, 12, 13, 14].reduce((s, i) => s + Number(fields[i] ?? 0), 0) / ticks;
  }
  return sum;
}

const residentMb = (pid: number): number => Number(/VmRSS:\s+(\d+)/.exec(readProc(`${pid}/status`))?.[1] ?? 0) / 1024;

function readProc(file: string): string {
  try {
    return fs.readFileSync(`/proc/${file}`, "utf8");
  } catch {
    return "";
  }
}

/** The throwaway server's processes: all of that name that this process's descendants run. */
function postgresProcesses(): number[] {
  const all = fs.readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((pid) => readProc(`${pid}/comm`).trim() === "postgres");
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, Math.max(0, ms)));
