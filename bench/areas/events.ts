import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { appendEvents } from "@/server/adapters/db/append-events";
import type { Database } from "@/server/adapters/db/database";
import { openDatabase } from "@/server/adapters/db/open-database";
import { EventTails } from "@/server/adapters/events/event-tails";
import { openEventLog } from "@/server/adapters/events/open-event-log";
import type { EventReader } from "@/server/events";
import { serveEvents } from "@/server/testing/event-server";
import { findPostgres, startPostgresCluster } from "@/server/testing/postgres-cluster";
import { testScope } from "@/server/testing/scope";
import { type SeededWorkspace, seedWorkspace } from "@/server/testing/seed-workspace";
import { type Area, type Figure, percentile } from "../measure";

const root = path.resolve(import.meta.dirname, "../..");
const now = (): number => performance.timeOrigin + performance.now();
const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Another process that holds these streams open. */
async function subscribe(urls: readonly string[]): Promise<ChildProcess> {
  const child = fork(path.join(root, "bench/event-subscribers.mjs"), { execArgv: [] });
  child.send({ urls });
  await once(child, "message");
  return child;
}

/** Other transactions of the same process on the same database: eight reads each, so many at a time, as turns of agents are. */
function otherWork(db: Database, atATime: number): () => Promise<void> {
  let going = true;
  const loops = Array.from({ length: atATime }, async () => {
    while (going) {
      await db.transaction(async (tx) => {
        for (let i = 0; i < 8; i++) await tx.workspace.count();
      });
      await pause(15);
    }
  });
  return async () => {
    going = false;
    await Promise.all(loops);
  };
}

type Setting = { readonly label: string; readonly streams: number; readonly workspaces: number; readonly atATime: number };

/** From the commit to the arrival in another process, over the product's own route and a real socket. */
async function measure(db: Database, setting: Setting, times: number): Promise<readonly Figure[]> {
  // Before the log's own: the moment the process learns that the commit is done, nothing of the delivery in it.
  let committing = "";
  const committed = new Map<string, number>();
  const stopMarking = db.beforeCommit("events", async () => {
    const key = committing;
    return () => void committed.set(key, now());
  });
  const { log, close } = await openEventLog(db);
  const seeded: SeededWorkspace[] = [];
  for (let i = 0; i < setting.workspaces; i++) seeded.push(await seedWorkspace(db));
  const server = await serveEvents(log, new Map(seeded.map((s) => [s.workspaceId, s.scope])));
  const child = await subscribe(
    Array.from({ length: setting.streams }, (_, i) => `${server.url}/?workspace=${seeded[i % seeded.length]?.workspaceId}`),
  );
  const stopWork = otherWork(db, setting.atATime);
  try {
    const warm = Math.ceil(times / 10);
    const written = new Map<string, number>();
    let cpu = process.cpuUsage();
    let began = now();
    for (let i = 0; i < warm + times; i++) {
      if (i === warm) [cpu, began] = [process.cpuUsage(), now()];
      const { workspaceId } = seeded[i % seeded.length] ?? { workspaceId: "" };
      committing = `${i}`;
      await db.transaction(async (tx) => {
        await appendEvents(tx, workspaceId, [{ type: "wallet/changed", data: { nodeId: `${i}` } }]);
        if (i >= warm) written.set(`${i}`, now());
      });
      await pause(15);
    }
    const used = process.cpuUsage(cpu);
    const wall = now() - began;
    await pause(1_000);
    child.send("report");
    const [arrivals] = (await once(child, "message")) as [[key: string, at: number][]];
    const since = (from: ReadonlyMap<string, number>) =>
      arrivals.flatMap(([key, at]) => (written.has(key) ? [at - (from.get(key) ?? Number.NaN)] : []));
    const [sinceCommitted, sinceWritten] = [since(committed), since(written)];
    const expected = times * (setting.streams / setting.workspaces);
    if (sinceCommitted.length !== expected) throw new Error(`${sinceCommitted.length} of ${expected} deliveries came`);
    const figures = (from: string, samples: readonly number[], budget?: number): Figure[] =>
      [0.5, 0.99].map((p) => ({
        area: "events",
        what: `${setting.label}, ${from} → at the subscriber, p${p * 100} of ${samples.length}`,
        value: percentile(samples, p),
        unit: "ms",
        ...(p === 0.99 && budget ? { budget, better: "less" as const } : {}),
      }));
    return [
      ...figures("committed", sinceCommitted, 10),
      ...figures("last write of the transaction (with the commit itself)", sinceWritten),
      { area: "events", what: `${setting.label}, CPU of the process`, value: (100 * (used.user + used.system)) / 1000 / wall, unit: "% of one core" },
      { area: "events", what: `${setting.label}, memory of the process`, value: process.memoryUsage().rss / 1e6, unit: "MB" },
    ];
  } finally {
    stopMarking();
    await stopWork();
    child.kill();
    await server.stop();
    await close();
  }
}

/** The same route, socket and subscriber without a database: what this machine takes for the way, and its unrest, in the same run. */
async function floor(times: number): Promise<readonly Figure[]> {
  const tails = new EventTails();
  const scope = testScope("00000000-0000-7000-8000-0000000000aa");
  let newest = 0;
  const reader: EventReader = {
    read: async (s, after, limit) => ({ ...(tails.after(s.workspaceId, after, limit) ?? { events: [], newest }), oldest: 1 }),
    subscribe: (workspaceId, onGrown) => tails.subscribe(workspaceId, onGrown),
  };
  const server = await serveEvents(reader, new Map([["w", scope]]));
  const child = await subscribe([`${server.url}/?workspace=w`]);
  try {
    const sent = new Map<string, number>();
    for (let i = 0; i < times; i++) {
      newest += 1;
      sent.set(`${i}`, now());
      tails.push(scope.workspaceId, [{ seq: newest, id: `e${i}`, at: 0, type: "wallet/changed", data: { nodeId: `${i}` } }]);
      await pause(15);
    }
    await pause(500);
    child.send("report");
    const [arrivals] = (await once(child, "message")) as [[key: string, at: number][]];
    const samples = arrivals.map(([key, at]) => at - (sent.get(key) ?? Number.NaN));
    return [0.5, 0.99].map((p) => ({
      area: "events",
      what: `no database: the way alone, p${p * 100} of ${samples.length}`,
      value: percentile(samples, p),
      unit: "ms",
    }));
  } finally {
    child.kill();
    await server.stop();
  }
}

/** Event committed → at a subscriber in another process, alone, beside other work, and with 200 streams open. */
export const events: Area = {
  name: "events",
  async measure(brief) {
    const figures: Figure[] = [];
    const times = brief ? 60 : 400;
    const all = async (engine: string, db: Database): Promise<void> => {
      const settings = [
        { label: `${engine}, 1 stream`, streams: 1, workspaces: 1, atATime: 0 },
        { label: `${engine}, 1 stream beside 4 other transactions`, streams: 1, workspaces: 1, atATime: 4 },
        { label: `${engine}, 200 streams, 20 workspaces`, streams: 200, workspaces: 20, atATime: 0 },
        { label: `${engine}, 200 streams, 1 workspace`, streams: 200, workspaces: 1, atATime: 0 },
      ];
      try {
        // The short benchmark leaves the crowds out: they take half a minute a database.
        for (const setting of brief ? settings.slice(0, 1) : settings) figures.push(...(await measure(db, setting, times)));
      } finally {
        await db.close();
      }
    };
    figures.push(...(await floor(times)));
    await all("PGlite", await openDatabase());
    const bin = findPostgres();
    if (!bin) return figures;
    const cluster = await startPostgresCluster(bin);
    try {
      await all("Postgres", await openDatabase({ databaseUrl: cluster.url("postgres") }));
    } finally {
      await cluster.stop();
    }
    return figures;
  },
};
