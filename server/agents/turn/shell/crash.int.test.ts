import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CRASH_POINTS } from "@/server/agents";
import { type CrashBench, type CrashReport, openCrashBench } from "@/server/testing/crash-bench";

const SEEDS = Number(process.env.CRASH_SEEDS ?? "3");

let bench: CrashBench;
let folder: string;
beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "crash-turns-"));
  bench = await openCrashBench(folder, process.env.CRASH_ENGINE);
});
afterAll(async () => {
  await bench.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

const seeds = Array.from({ length: SEEDS }, (_, i) => `seed-${i}`);
const BROKEN = { duplicates: 0, unbooked: [], wrongBooks: [], unfinishedTurns: [], sendingOrders: [] };

describe(`a process that is killed at every point of a turn (${SEEDS} seeds)`, () => {
  it("sends no order twice, books every execution once and finishes every turn", { timeout: SEEDS * 200_000 }, async () => {
    const reports: CrashReport[] = await inPairs(seeds, (seed) => bench.run({ seed, points: CRASH_POINTS, signal: "SIGKILL", naive: null }));
    for (const report of reports) {
      expect(report.killed.toSorted()).toEqual([...CRASH_POINTS].toSorted());
      expect(report.orders).toBeGreaterThan(0);
      expect(report.executions).toBeGreaterThan(0);
      expect(report).toMatchObject(BROKEN);
    }
  });

  it("control: a store that sends again what was being sent makes duplicates, and the harness sees them", { timeout: 120_000 }, async () => {
    const report = await bench.run({ seed: "control", points: ["after-send", "after-send"], signal: "SIGKILL", naive: "resends" });
    expect(report.duplicates).toBeGreaterThan(0);
  });

  it("control: a store that keeps no cursor misses what was executed while nobody was there, and the harness sees it", {
    timeout: 120_000,
  }, async () => {
    const report = await bench.run({ seed: "control", points: ["after-send", "after-send", "after-send"], signal: "SIGKILL", naive: "forgets" });
    expect(report.duplicates).toBe(0);
    expect(report.unbooked.length).toBeGreaterThan(0);
  });

  it("lets a process that slept past its lease do nothing when it wakes up", { timeout: 120_000 }, async () => {
    const sleeping = bench.run({ seed: "sleeper", points: ["after-commit"], signal: "SIGSTOP", naive: null });
    // The embedded database is one process's own: nobody can take over while its holder sleeps.
    if (bench.engine === "pglite") return expect(sleeping).rejects.toThrow("is in use by process");
    const report = await sleeping;
    expect(report.sleepersStopped).toEqual(["LEASE_LOST"]);
    expect(report).toMatchObject(BROKEN);
  });
});

async function inPairs<T, R>(items: readonly T[], run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items];
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) results.push(await run(item));
  };
  await Promise.all([worker(), worker()]);
  return results;
}
