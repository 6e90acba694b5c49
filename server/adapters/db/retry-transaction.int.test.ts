import { expect, it } from "vitest";
import { describeDatabase } from "@/server/testing/database";
import type { Tx } from "./database";
import { isTransactionConflict } from "./retry-transaction";

const SERIALIZATION_FAILURE = `DO $$ BEGIN RAISE EXCEPTION 'try again' USING ERRCODE = '40001'; END $$`;

describeDatabase("Database.transaction", (db, engine) => {
  it("runs the whole transaction again when it could not be serialised, and keeps one run's writes", async () => {
    let runs = 0;
    await db().transaction(async (tx) => {
      runs += 1;
      await tx.setting.create({ data: { key: `run ${runs}`, value: runs } });
      if (runs < 3) await tx.$executeRawUnsafe(SERIALIZATION_FAILURE);
    });
    expect(runs).toBe(3);
    expect(await db().prisma.setting.findMany()).toEqual([{ key: "run 3", value: 3 }]);
  });

  it("gives up after as many retries as told, and does not repeat what failed for another reason", async () => {
    let runs = 0;
    const conflict = db().transaction(
      (tx) => {
        runs += 1;
        return tx.$executeRawUnsafe(SERIALIZATION_FAILURE);
      },
      { retries: 2 },
    );
    await expect(conflict).rejects.toSatisfy(isTransactionConflict);
    expect(runs).toBe(3);
    const other = db().transaction((tx) => {
      runs += 1;
      return tx.$executeRawUnsafe("SELECT 1/0");
    });
    await expect(other).rejects.toThrow("division by zero");
    expect(runs).toBe(4);
  });

  it("tells listeners of a topic after the commit only", async () => {
    const { markForCommit } = await import("./after-commit");
    let told = 0;
    const stop = db().onCommit("events", () => told++);
    await db()
      .transaction(async (tx) => {
        markForCommit(tx, "events");
        throw new Error("no");
      })
      .catch(() => {});
    expect(told).toBe(0);
    await db().transaction(async (tx) => markForCommit(tx, "events"));
    expect(told).toBe(1);
    stop();
    await db().transaction(async (tx) => markForCommit(tx, "events"));
    expect(told).toBe(1);
  });

  if (engine === "pglite") return;

  it("carries two transactions that lock the same rows crosswise both to their end", async () => {
    await db().prisma.setting.createMany({ data: ["a", "b"].map((key) => ({ key, value: 0 })) });
    let arrived = 0;
    let open = () => {};
    const both = new Promise<void>((ok) => {
      open = ok;
    });
    const touch = (tx: Tx, key: string) => tx.$executeRaw`UPDATE "Setting" SET value = to_jsonb(value::int + 1) WHERE key = ${key}`;
    const cross = (first: string, second: string) =>
      db().transaction(async (tx) => {
        await touch(tx, first);
        if (++arrived === 2) open();
        await both;
        await touch(tx, second);
      });
    await Promise.all([cross("a", "b"), cross("b", "a")]);
    expect(arrived).toBe(3);
    expect(await db().prisma.setting.findMany({ orderBy: { key: "asc" } })).toEqual([
      { key: "a", value: 2 },
      { key: "b", value: 2 },
    ]);
  });
});
