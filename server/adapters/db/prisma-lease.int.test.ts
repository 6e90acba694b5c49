import { expect, it } from "vitest";
import { describeDatabase } from "@/server/testing/database";
import { PrismaLease } from "./prisma-lease";

describeDatabase("PrismaLease", (db) => {
  const lapse = () => db().raw.exec(`UPDATE "Lease" SET until = now() - interval '1 second'`);

  it("is given to one of twenty", async () => {
    const grants = await Promise.all(Array.from({ length: 20 }, (_, i) => new PrismaLease(db(), "x", `o${i}`, 60_000).acquire()));
    expect(grants.filter((g) => g !== null)).toHaveLength(1);
  });

  it("passes to another with a greater fence when it lapses, and the old holder can neither renew nor release it", async () => {
    const [a, b] = [new PrismaLease(db(), "x", "a", 60_000), new PrismaLease(db(), "x", "b", 60_000)];
    const old = await a.acquire();
    if (!old) throw new Error("the first is free");
    expect(await a.renew(old)).toBe(true);
    expect(await b.acquire()).toBeNull();
    await lapse();
    expect(await a.renew(old)).toBe(false);
    const next = await b.acquire();
    expect(next?.fence).toBeGreaterThan(old.fence);
    await a.release(old);
    expect(next && (await b.renew(next))).toBe(true);
  });

  it("is free again once released", async () => {
    const [a, b] = [new PrismaLease(db(), "x", "a", 60_000), new PrismaLease(db(), "x", "b", 60_000)];
    const grant = await a.acquire();
    if (grant) await a.release(grant);
    expect(await b.acquire()).not.toBeNull();
  });
});
