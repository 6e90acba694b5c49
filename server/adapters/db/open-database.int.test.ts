import { expect, it } from "vitest";
import { fixed } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { decimalToFixed } from "./decimal";

describeDatabase("openDatabase", (db) => {
  it("is migrated and takes a workspace", async () => {
    const { workspaceId } = await seedWorkspace(db());
    const accounts = await db().prisma.ledgerAccount.findMany({ where: { workspaceId }, orderBy: { balance: "asc" } });
    expect(accounts.map((a) => decimalToFixed(a.balance))).toEqual([fixed("-100000"), fixed("100000")]);
  });

  it("rolls back a transaction whose function throws", async () => {
    const attempt = db().transaction(async (tx) => {
      await tx.setting.create({ data: { key: "k", value: 1 } });
      throw new Error("no");
    });
    await expect(attempt).rejects.toThrow("no");
    expect(await db().prisma.setting.count()).toBe(0);
  });

  it("reads a time as the instant that was written", async () => {
    const until = new Date("2026-03-29T01:30:00.123Z");
    await db().prisma.lease.create({ data: { name: "x", owner: "o", until } });
    expect((await db().prisma.lease.findUniqueOrThrow({ where: { name: "x" } })).until).toEqual(until);
    expect(await db().raw.query(`SELECT extract(epoch from until) * 1000 = $1 AS same FROM "Lease"`, [until.getTime()])).toEqual([{ same: true }]);
  });
});
