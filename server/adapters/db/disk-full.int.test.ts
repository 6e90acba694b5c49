import { randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { InMemoryPaperAccountStore } from "@/server/adapters/exchanges/paper/in-memory-paper-account-store";
import { PaperExchangeClient } from "@/server/adapters/exchanges/paper/paper-exchange-client";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import { toTrpcError } from "@/server/api/error-map";
import { LiveWorkspaceService } from "@/server/api/services-live/workspace-service";
import { fixed, HOUR_MS } from "@/server/shared";
import { findBookErrors } from "@/server/testing/book-errors";
import { faultyDisk } from "@/server/testing/faulty-disk";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { findPostgres, startPostgresCluster } from "@/server/testing/postgres-cluster";
import { rolledModel } from "@/server/testing/rolled-model";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { mountSmallDisk } from "@/server/testing/small-disk";
import type { Database } from "./database";
import { openDatabase } from "./open-database";
import { PrismaWorkspaceRepository } from "./prisma-workspace-repository";
import { RESERVE_BYTES } from "./storage-trouble";

const START = Date.UTC(2026, 10, 2);
type Disk = { fill(): void; free(): void };
const cleanUp: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** An agent that decides each hour, with the venue outside: its disk is not full. */
async function agentOn(db: Database) {
  const { scope, workspaceId } = await seedWorkspace(db, { dailyModelCap: fixed("1000") });
  const venue = new PaperExchangeClient({ feed: new SimulatedMarketFeed(7), store: new InMemoryPaperAccountStore() });
  const placed: string[] = [];
  const bought: string[] = [];
  const place = venue.place.bind(venue);
  venue.place = (account, order, signal) => {
    placed.push(order.clientOrderId);
    if (order.side === "buy") bought.push(order.clientOrderId);
    return place(account, order, signal);
  };
  const a = liveAgents(db, { start: START, exchange: venue, model: rolledModel("full") });
  const limits = { ...TEST_CONFIG.limits, maxDailyLoss: null, maxOrdersPerHour: null };
  const config = { ...TEST_CONFIG, decider: { kind: "model" as const, model: "claude-haiku-4-5" }, dailyModelCap: fixed("1000"), limits };
  const { agentId } = await a.service.create(scope, { config, capital: fixed("10000") });
  await a.service.start(scope, agentId);
  await a.scheduler.finishTransition(workspaceId, agentId);
  const hour = (h: number) => {
    const at = START + h * HOUR_MS;
    a.clock.time = at;
    return a.runner.run({ workspaceId, agentId, tickId: `s:${at}`, at, trigger: { kind: "schedule" } });
  };
  return { ...a, scope, workspaceId, agentId, venue, placed, bought, hour };
}

/** Decisions until one is refused; then what must hold whatever was going on, and that work goes on with the space that is given back. */
async function livesThroughFullDisk(db: Database, disk: Disk): Promise<void> {
  const a = await agentOn(db);
  for (let h = 1; h <= 4; h++) await a.hour(h);
  disk.fill();
  const small = db.raw.exec(`CREATE TABLE ballast AS SELECT repeat(md5(i::text), 50) AS t FROM generate_series(1, 3000) i`);
  await expect(small).rejects.toMatchObject({ code: "STORAGE_FULL", details: { kind: "unavailable" } });
  let h = 4;
  let refusal: unknown = null;
  while (refusal === null && h < 200) {
    h += 1;
    const end = await a.hour(h).catch((error: unknown) => error);
    const failed = await db.prisma.turn.findFirst({ where: { agentId: a.agentId, reason: { contains: "disk" } } });
    refusal = end instanceof Error ? end : failed ? new Error(failed.reason ?? "") : null;
  }
  expect(String(refusal)).toContain("The disk that holds the database is full");
  // On the screen: its own words and code, not a fault of ours.
  const shown = toTrpcError(refusal);
  if (shown.cause && "code" in shown.cause) expect(shown).toMatchObject({ code: "SERVICE_UNAVAILABLE", cause: { code: "STORAGE_FULL" } });
  expect(db.trouble()).toMatchObject({ code: "STORAGE_FULL" });
  const known = new Set((await db.prisma.order.findMany({ where: { agentId: a.agentId } })).map((o) => o.id));
  expect(a.placed.filter((id) => !known.has(id))).toEqual([]);
  expect(await findBookErrors(db, a.workspaceId)).toEqual([]);

  disk.free();
  for (const from = h; h < from + 4; h++) await a.hour(h);
  a.clock.time += 3 * HOUR_MS;
  for (const request of await a.runner.abandoned(100)) await a.runner.run(request);
  expect(a.placed.length).toBe(new Set(a.placed).size);
  expect(a.placed.length).toBeGreaterThan(2);
  const fills = await db.prisma.fill.findMany({ where: { agentId: a.agentId } });
  await a.venue.advanceTo(a.agentId, a.clock.time);
  const executions = await a.venue.executions(a.agentId, 0);
  expect(fills.map((f) => f.executionId).sort()).toEqual(executions.map((e) => e.executionId).sort());
  expect(await findBookErrors(db, a.workspaceId)).toEqual([]);
  expect(await db.prisma.turn.count({ where: { agentId: a.agentId, phase: { notIn: ["executing", "settled", "failed", "skipped"] } } })).toBe(0);
}

describe("a full disk", () => {
  it("refuses decisions by name on the embedded database, spoils nothing, and lets work go on", { timeout: 60_000 }, async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "full-"));
    cleanUp.push(() => fs.rmSync(dir, { recursive: true, force: true }));
    const disk = faultyDisk(dir);
    cleanUp.push(() => disk.remove());
    const db = await openDatabase({ dataDir: dir });
    cleanUp.push(() => db.close());
    await livesThroughFullDisk(db, {
      fill: () => {
        disk.full = true;
      },
      free: () => {
        disk.full = false;
      },
    });
  });

  it("is not waited for: with little space left transactions are refused, reads are answered, and all goes on by itself", async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "full-"));
    cleanUp.push(() => fs.rmSync(dir, { recursive: true, force: true }));
    const disk = faultyDisk(dir);
    cleanUp.push(() => disk.remove());
    const db = await openDatabase({ dataDir: dir });
    cleanUp.push(() => db.close());
    const { workspaceId } = await seedWorkspace(db);
    const rename = (name: string) => db.transaction((tx) => tx.workspace.update({ where: { id: workspaceId }, data: { name } }));
    const name = async () => (await db.prisma.workspace.findUniqueOrThrow({ where: { id: workspaceId } })).name;
    await rename("Enough");
    disk.freeBytes = RESERVE_BYTES - 1;
    await expect
      .poll(
        () =>
          rename("Too little").then(
            () => "stored",
            (e: { code?: string }) => e.code,
          ),
        { timeout: 2000 },
      )
      .toBe("STORAGE_FULL");
    await expect(db.raw.transaction((tx) => tx.query("SELECT 1"))).rejects.toMatchObject({ code: "STORAGE_FULL" });
    expect(db.trouble()).toMatchObject({ code: "STORAGE_FULL" });
    const kept = await name();
    expect(await db.raw.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    disk.freeBytes = RESERVE_BYTES;
    await expect
      .poll(
        () =>
          rename("Goes on").then(
            () => "stored",
            (e: { code?: string }) => e.code,
          ),
        { timeout: 2000 },
      )
      .toBe("stored");
    expect(["Enough", "Too little"]).toContain(kept);
    expect(await name()).toBe("Goes on");
    expect(await findBookErrors(db, workspaceId)).toEqual([]);
  });

  it("a halt that cannot be stored holds at once in this process, and is stored when there is space", { timeout: 60_000 }, async () => {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "full-"));
    cleanUp.push(() => fs.rmSync(dir, { recursive: true, force: true }));
    const disk = faultyDisk(dir);
    cleanUp.push(() => disk.remove());
    const db = await openDatabase({ dataDir: dir });
    cleanUp.push(() => db.close());
    const a = await agentOn(db);
    const space = async (bytes: number, code: string | undefined) => {
      disk.freeBytes = bytes;
      const probe = () => db.transaction((tx) => tx.$queryRaw`SELECT 1`);
      await expect
        .poll(
          () =>
            probe().then(
              () => undefined,
              (e: { code?: string }) => e.code,
            ),
          { timeout: 3000 },
        )
        .toBe(code);
    };
    let h = 0;
    const hours = async (n: number) => {
      // What reduces may always leave.
      const before = a.bought.length;
      for (const until = h + n; h < until; ) await a.hour((h += 1)).catch(() => undefined);
      return a.bought.length - before;
    };
    const state = async () => (await db.prisma.agent.findUniqueOrThrow({ where: { id: a.agentId } })).tradingState;
    const pages = new LiveWorkspaceService(new PrismaWorkspaceRepository(db), a.halts);
    expect(await hours(4)).toBeGreaterThan(0);

    await space(RESERVE_BYTES - 1, "STORAGE_FULL");
    const refused = await a.service.kill(a.scope, { agentId: a.agentId, flatten: false }).catch((e: unknown) => e);
    expect(refused).toMatchObject({ code: "HALT_NOT_STORED", details: { kind: "unavailable" } });
    expect(String(refused)).toContain("sends no order any more");
    expect(String(refused)).toContain("disk");
    expect((await pages.get(a.scope)).haltsNotStored).toMatchObject([{ agentId: a.agentId }]);
    expect(await state()).toBe("active");
    // Space comes back and decisions are made again, before the halt has been stored: no order leaves.
    await space(RESERVE_BYTES, undefined);
    expect(await hours(4)).toBe(0);
    expect(await findBookErrors(db, a.workspaceId)).toEqual([]);
    await a.service.storeHalts();
    expect(await state()).toBe("halted");
    expect(a.halts.waiting()).toEqual([]);
    expect((await pages.get(a.scope)).haltsNotStored).toEqual([]);

    // The workspace's own, and the control: without the memory of it the next decisions would have traded.
    await a.service.resume(a.scope, a.agentId);
    await a.service.start(a.scope, a.agentId);
    await a.scheduler.finishTransition(a.workspaceId, a.agentId);
    await space(RESERVE_BYTES - 1, "STORAGE_FULL");
    await expect(a.service.killWorkspace(a.scope, { flatten: false })).rejects.toMatchObject({ code: "HALT_NOT_STORED" });
    expect((await pages.get(a.scope)).tradingState).toBe("halted");
    await space(RESERVE_BYTES, undefined);
    expect(await hours(4)).toBe(0);
    a.halts.lift(a.workspaceId, null);
    expect(await hours(12)).toBeGreaterThan(0);
    // Wrong requests halt nothing.
    const stranger = { ...a.scope, workspaceId: randomUUID() };
    await expect(a.service.kill(stranger, { agentId: a.agentId, flatten: false })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(a.halts.holds(a.workspaceId, a.agentId)).toBe(false);
  });

  it("refuses decisions by name on Postgres, spoils nothing, and lets work go on", { timeout: 60_000 }, async ({ skip }) => {
    const bin = findPostgres();
    const small = bin ? mountSmallDisk(80) : null;
    if (!bin || !small) return skip(bin ? "no right to mount a small disk" : "no initdb and postgres found");
    cleanUp.push(() => small.remove());
    const cluster = await startPostgresCluster(bin, { durable: true, dataFolder: path.join(small.folder, "data") });
    cleanUp.push(() => cluster.stop());
    const db = await openDatabase({ databaseUrl: cluster.url("postgres") });
    cleanUp.push(() => db.close());
    await livesThroughFullDisk(db, small);
  });
});
