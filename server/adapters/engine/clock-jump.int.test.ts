import { expect, it } from "vitest";
import { newId } from "@/server/adapters/db/new-id";
import { HOUR_MS } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { fireCron } from "./admission-store";
import { addJob, claimJobs, finishJob, keepJob, renewJobs } from "./job-queue";
import { addRun } from "./run-store";
import { addWait, takeDue } from "./wait-store";

const LEASE = 60_000;
const NOW = Date.now();
/** What the clock of another process may say after a step of its time service, or after its machine has slept. */
const JUMPS = [-24 * HOUR_MS, -HOUR_MS, HOUR_MS, 24 * HOUR_MS];

describeDatabase("a process's clock that jumps", (db) => {
  const claim = (owner: string, now: number) => db().raw.transaction((sql) => claimJobs(sql, owner, now, LEASE, 10));
  const oneJob = async () => {
    const id = newId();
    const event = { id, name: "e", data: {}, ts: NOW };
    await addRun(db().raw, { id, functionId: "f", workspaceId: null, event, singletonKey: null, parentRunId: null, parentStepId: null }, NOW);
    const job = { runId: id, functionId: "f", stepId: "step", attempt: 0, concurrency: ["f|1"], priority: 0, throttle: null };
    await addJob(db().raw, job, NOW - 48 * HOUR_MS);
    const [held] = await claim("first", NOW);
    if (!held) throw new Error("the job is due");
    return held;
  };

  it.each(JUMPS)("by %i ms gives a job that somebody holds to nobody else", async (jump) => {
    const held = await oneJob();
    expect(await claim("second", NOW + jump)).toEqual([]);
    expect(await finishJob(db().raw, held.id, "first")).toBe(true);
  });

  it.each(JUMPS)("by %i ms neither shortens nor draws out the lease that it renews", async (jump) => {
    const held = await oneJob();
    const left = async (): Promise<number> => {
      const rows = await db().raw.query<{ s: number }>(
        `SELECT extract(epoch FROM "leaseUntil" - clock_timestamp())::float8 AS s FROM "EngineJob" WHERE id = $1::uuid`,
        [held.id],
      );
      return rows[0]?.s ?? 0;
    };
    expect(await claim("second", NOW + jump)).toEqual([]);
    await renewJobs(db().raw, [held.id], "first", LEASE);
    expect(Math.abs((await left()) - LEASE / 1000)).toBeLessThan(30);
    expect(await keepJob(db().raw, held.id, "first", 2 * LEASE)).toBe(true);
    expect(Math.abs((await left()) - (2 * LEASE) / 1000)).toBeLessThan(30);
  });

  it("keeps a limit over all processes, whatever the clock of the next one says", async () => {
    await oneJob();
    await addJob(
      db().raw,
      { runId: newId(), functionId: "f", stepId: "step", attempt: 0, concurrency: ["f|1"], priority: 0, throttle: null },
      NOW - 48 * HOUR_MS,
    );
    expect(await claim("second", NOW + 24 * HOUR_MS)).toEqual([]);
  });

  it("gives a lapsed job on, and the one who held it can end it no more", async () => {
    const held = await oneJob();
    await db().raw.exec(`UPDATE "EngineJob" SET "leaseUntil" = clock_timestamp() - interval '1 second'`);
    expect(await claim("second", NOW - HOUR_MS)).toHaveLength(1);
    expect(await finishJob(db().raw, held.id, "first")).toBe(false);
  });

  it("fires a timer once: ahead and back again, it is gone", async () => {
    await addWait(db().raw, newId(), "s", { kind: "finish", until: NOW + HOUR_MS });
    expect(await takeDue(db().raw, NOW)).toEqual([]);
    expect(await takeDue(db().raw, NOW + 2 * HOUR_MS)).toHaveLength(1);
    for (const at of [NOW, NOW + 2 * HOUR_MS, NOW + 24 * HOUR_MS]) expect(await takeDue(db().raw, at)).toEqual([]);
  });

  it("fires an instant of a cron once: back again, those that were fired are not fired anew", async () => {
    const minute = (n: number) => fireCron(db().raw, "f * * * * *", NOW + n * 60_000);
    expect(await minute(60)).toBe(true);
    for (const n of [60, 59, 1, 0, 60]) expect(await minute(n)).toBe(false);
    expect(await minute(61)).toBe(true);
  });
});
