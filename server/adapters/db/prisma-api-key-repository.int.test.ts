import { expect, it } from "vitest";
import { describeDatabase } from "@/server/testing/database";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { PrismaApiKeyRepository } from "./prisma-api-key-repository";

const NOW = 1_800_000_000_000;

describeDatabase("PrismaApiKeyRepository", (db) => {
  const open = async () => {
    const seeded = await seedWorkspace(db());
    const keys = new PrismaApiKeyRepository(db());
    const row = await keys.create(seeded.scope, {
      createdBy: seeded.userId,
      name: "script",
      prefix: "mp_ab",
      secretHash: `hash-${seeded.userId}`,
      scopes: ["read"],
      wallNow: NOW,
      expiresAt: NOW + 1_000,
    });
    return { ...seeded, keys, row, hash: `hash-${seeded.userId}` };
  };

  it("finds a key by its hash until it expires, and notes the use", async () => {
    const { keys, hash, scope, workspaceId, userId } = await open();
    expect(await keys.findValid(hash, NOW + 999)).toMatchObject({ workspaceId, userId, role: "owner", scopes: ["read"] });
    expect((await keys.list(scope))[0]?.lastUsedAt).toBe(NOW + 999);
    expect(await keys.findValid(hash, NOW + 1_000)).toBeNull();
    expect(await keys.findValid("other", NOW)).toBeNull();
  });

  it("is dead once revoked, and another tenant can neither see nor revoke it", async () => {
    const { keys, hash, scope, row } = await open();
    const other = await seedWorkspace(db());
    expect(await keys.list(other.scope)).toEqual([]);
    expect(await keys.revoke(other.scope, row.id, NOW)).toBe(false);
    expect(await keys.revoke(scope, row.id, NOW)).toBe(true);
    expect(await keys.findValid(hash, NOW)).toBeNull();
  });

  it("is dead once its maker has left the workspace", async () => {
    const { keys, hash, userId } = await open();
    await db().prisma.member.deleteMany({ where: { userId } });
    expect(await keys.findValid(hash, NOW)).toBeNull();
  });
});
