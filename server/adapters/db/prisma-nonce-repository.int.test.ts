import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { describeDatabase } from "@/server/testing/database";
import { PrismaNonceRepository } from "./prisma-nonce-repository";

const NOW = 1_800_000_000_000;
type Consume = (input: { nonce: string; binding: string; wallNow: number }) => Promise<boolean>;

/** The control: looks first, then writes. */
const naiveConsume =
  (db: Database): Consume =>
  async ({ nonce, binding }) => {
    const row = await db.prisma.signInNonce.findUnique({ where: { nonce } });
    if (!row || row.usedAt || row.binding !== binding) return false;
    await db.prisma.signInNonce.update({ where: { nonce }, data: { usedAt: new Date(NOW) } });
    return true;
  };

describeDatabase("PrismaNonceRepository", (db) => {
  const hundredTimes = async (consume: Consume) => {
    await new PrismaNonceRepository(db()).issue({ nonce: "n", binding: "b", expiresAt: NOW + 1 });
    const results = await Promise.all(Array.from({ length: 100 }, () => consume({ nonce: "n", binding: "b", wallNow: NOW })));
    return results.filter(Boolean).length;
  };

  it("is used once by 100 at the same time", async () => {
    const nonces = new PrismaNonceRepository(db());
    expect(await hundredTimes((i) => nonces.consume(i))).toBe(1);
  });

  it("control: looking before writing is used more than once", async () => {
    expect(await hundredTimes(naiveConsume(db()))).toBeGreaterThan(1);
  });

  it("is refused to another browser, after its time, and when it was never issued", async () => {
    const nonces = new PrismaNonceRepository(db());
    await nonces.issue({ nonce: "n", binding: "b", expiresAt: NOW });
    expect(await nonces.consume({ nonce: "n", binding: "other", wallNow: NOW - 1 })).toBe(false);
    expect(await nonces.consume({ nonce: "n", binding: "b", wallNow: NOW })).toBe(false);
    expect(await nonces.consume({ nonce: "m", binding: "b", wallNow: NOW - 1 })).toBe(false);
    expect(await nonces.consume({ nonce: "n", binding: "b", wallNow: NOW - 1 })).toBe(true);
  });

  it("forgets what expired long ago", async () => {
    const nonces = new PrismaNonceRepository(db());
    await nonces.issue({ nonce: "old", binding: "b", expiresAt: NOW - 3_600_001 });
    await nonces.issue({ nonce: "new", binding: "b", expiresAt: NOW });
    expect(await nonces.deleteExpired(NOW)).toBe(1);
    expect(await db().prisma.signInNonce.count()).toBe(1);
  });
});
