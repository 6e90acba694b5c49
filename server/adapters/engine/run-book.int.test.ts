import { expect, it } from "vitest";
import { newId } from "@/server/adapters/db/new-id";
import { describeDatabase } from "@/server/testing/database";
import { engineFixture } from "@/server/testing/engine";
import { RunBook } from "./run-book";

const WAIT = { timeout: 6000, interval: 20 };
const everything = { status: null, before: null, limit: 10 };

describeDatabase("runs by hand", (db) => {
  it("a failed run is done again from where it stopped, and repeats no step that succeeded", async () => {
    const did: string[] = [];
    let broken = true;
    const f = engineFixture(db(), (c) => [
      c.createFunction({ id: "two-steps", triggers: [{ event: "go" }], retries: 0 }, async ({ step }) => {
        const a = await step.run("first", () => did.push("first"));
        await step.run("second", () => {
          did.push("second");
          if (broken) throw new Error("the venue is closed");
        });
        return { a };
      }),
    ]);
    await f.start();
    const book = new RunBook(db(), f.engine.context, () => f.engine.poke());
    const [own, other] = [newId(), newId()];
    try {
      await f.client.send({ name: "go", data: { workspaceId: own } });
      await expect.poll(async () => (await book.list(own, everything))[0]?.status, WAIT).toBe("failed");
      const [failed] = await book.list(own, everything);
      const runId = failed?.id ?? "";
      expect(await book.list(other, everything)).toEqual([]);
      const record = await book.get(own, runId);
      expect(record.steps.map((s) => [s.name, s.status])).toEqual([
        ["first", "completed"],
        ["second", "failed"],
        ["two-steps", "failed"],
      ]);
      expect(JSON.stringify(record.steps[1]?.error)).toContain("the venue is closed");
      await expect(book.get(other, runId)).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(book.replay(other, runId)).rejects.toMatchObject({ code: "NOT_FOUND" });
      await expect(book.cancel(own, runId)).rejects.toMatchObject({ code: "RUN_ENDED" });

      broken = false;
      const again = await book.replay(own, runId);
      await expect.poll(async () => (await book.get(own, again)).status, WAIT).toBe("completed");
      expect(did).toEqual(["first", "second", "second"]);
      expect(await book.get(own, again)).toMatchObject({ replayOf: runId, output: { a: 1 } });
      await expect(book.replay(own, again)).rejects.toMatchObject({ code: "RUN_NOT_ENDED" });
    } finally {
      await f.engine.stop();
    }
  });

  it("a run is cancelled by hand and goes no further; who invoked it learns", async () => {
    const did: string[] = [];
    const f = engineFixture(db(), (c) => {
      const long = c.createFunction({ id: "long", triggers: [{ event: "long" }] }, async ({ step }) => {
        await step.sleep("nap", "1h");
        await step.run("after", () => did.push("after"));
      });
      const caller = c.createFunction({ id: "caller", triggers: [{ event: "go" }], retries: 0 }, async ({ event, step }) => {
        await step.invoke("call", { function: long, data: event.data });
      });
      return [long, caller];
    });
    await f.start();
    const book = new RunBook(db(), f.engine.context, () => f.engine.poke());
    const own = newId();
    try {
      await f.client.send({ name: "go", data: { workspaceId: own } });
      const long = async () => (await book.list(own, everything)).find((r) => r.functionId === "test-long");
      await expect.poll(async () => (await db().raw.query(`SELECT 1 FROM "EngineWait" WHERE kind = 'sleep'`)).length, WAIT).toBe(1);
      await book.cancel(own, (await long())?.id ?? "");
      expect(await long()).toMatchObject({ status: "cancelled", reason: "Cancelled by hand." });
      await expect
        .poll(async () => (await book.list(own, { ...everything, status: "failed" })).map((r) => r.functionId), WAIT)
        .toEqual(["test-caller"]);
      f.clock.jump(2 * 3_600_000);
      await new Promise((done) => setTimeout(done, 300));
      expect(did).toEqual([]);
    } finally {
      await f.engine.stop();
    }
  });
});
