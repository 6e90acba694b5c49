import type { Inngest } from "inngest";
import { afterEach, expect, it } from "vitest";
import { describeDatabase } from "@/server/testing/database";
import { engineFixture } from "@/server/testing/engine";

const WAIT = { timeout: 10_000, interval: 20 };
const ASKED = 30;

describeDatabase("more runs than can begin in time", (db) => {
  const open: { stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const engine of open.splice(0)) await engine.stop();
  });

  /** One at a time of a fifth of a second each: only the first few of them can begin within the time their function allows. */
  async function crowd(start: `${number}s` | undefined) {
    const [began, cancelled]: [number[], string[]] = [[], []];
    const functions = (client: Inngest) => [
      client.createFunction(
        { id: "work", triggers: [{ event: "go" }], concurrency: { limit: 1 }, ...(start && { timeouts: { start } }) },
        async ({ event, step }) => {
          await step.run("work", async () => {
            began.push((event.data as { n: number }).n);
            await new Promise((done) => setTimeout(done, 200));
          });
        },
      ),
      client.createFunction({ id: "heard", triggers: [{ event: "inngest/function.cancelled" }] }, async ({ event }) => {
        cancelled.push((event.data as unknown as { run_id: string }).run_id);
      }),
    ];
    const f = engineFixture(db(), functions);
    open.push(f.engine);
    await f.start();
    return { ...f, began, cancelled };
  }
  const byStatus = async (f: { runs: () => Promise<{ functionId: string; status: string }[]> }, status: string) =>
    (await f.runs()).filter((r) => r.functionId === "test-work" && r.status === status);

  it("gives up those that are late without calling them, says so once for each, and what began is done", async () => {
    const f = await crowd("1s");
    await f.client.send(Array.from({ length: ASKED }, (_, n) => ({ name: "go", data: { n } })));
    await expect.poll(async () => (await byStatus(f, "running")).length, WAIT).toBe(0);
    const [done, late] = [await byStatus(f, "completed"), await byStatus(f, "cancelled")];
    expect(done.length).toBeGreaterThan(0);
    expect(done.length + late.length).toBe(ASKED);
    expect(late.length).toBeGreaterThan(ASKED / 2);
    // Nobody was called only to be told that it is too late.
    expect(f.began).toHaveLength(done.length);
    await expect.poll(() => f.cancelled.length, WAIT).toBe(late.length);
    expect(new Set(f.cancelled).size).toBe(late.length);
    const [{ n } = { n: -1 }] = await db().raw.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM "EngineJob" j JOIN "EngineRun" r ON r.id = j."runId" WHERE r.status <> 'running'`,
    );
    expect(n).toBe(0);
    expect(f.errors).toEqual([]);
  });

  it("counts from the time its event bears, not from when it was told", async () => {
    const f = await crowd("1s");
    await f.client.send({ name: "go", data: { n: 1 }, ts: Date.now() + 1800 });
    await expect.poll(async () => (await byStatus(f, "completed")).length, WAIT).toBe(1);
    expect(f.cancelled).toEqual([]);
  });

  it("the control: without a time to start within all of them wait", async () => {
    const f = await crowd(undefined);
    await f.client.send(Array.from({ length: ASKED }, (_, n) => ({ name: "go", data: { n } })));
    await expect.poll(() => f.began.length, WAIT).toBeGreaterThan(6);
    expect(await byStatus(f, "cancelled")).toEqual([]);
    expect((await byStatus(f, "running")).length).toBeGreaterThan(ASKED / 2);
  });
});
