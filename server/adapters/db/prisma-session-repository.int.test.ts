import { expect, it } from "vitest";
import { describeDatabase } from "@/server/testing/database";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import { PrismaSessionRepository } from "./prisma-session-repository";

const NOW = 1_800_000_000_000;

describeDatabase("PrismaSessionRepository", (db) => {
  const open = async () => {
    const { userId, workspaceId } = await seedWorkspace(db());
    const sessions = new PrismaSessionRepository(db());
    const made = await sessions.create({ userId, wallNow: NOW, ttlMs: 1_000, userAgent: "test" });
    return { userId, workspaceId, sessions, ...made };
  };

  it("finds a session until it expires", async () => {
    const { sessions, sessionId, sessionVersion, userId, workspaceId } = await open();
    expect(await sessions.findValid(sessionId, sessionVersion, NOW + 999)).toMatchObject({
      user: { id: userId },
      workspace: { id: workspaceId, role: "owner" },
    });
    expect(await sessions.findValid(sessionId, sessionVersion, NOW + 1_000)).toBeNull();
  });

  it("does not find a revoked one, and only its user may revoke it", async () => {
    const { sessions, sessionId, sessionVersion, userId } = await open();
    const other = await seedWorkspace(db());
    expect(await sessions.revoke(other.userId, sessionId, NOW)).toBe(false);
    expect(await sessions.findValid(sessionId, sessionVersion, NOW)).not.toBeNull();
    expect(await sessions.revoke(userId, sessionId, NOW)).toBe(true);
    expect(await sessions.findValid(sessionId, sessionVersion, NOW)).toBeNull();
    expect(await sessions.list(userId, NOW)).toEqual([]);
  });

  it("ends every session by raising the version", async () => {
    const { sessions, sessionId, sessionVersion, userId } = await open();
    expect(await sessions.revokeAll(userId, NOW)).toBe(sessionVersion + 1);
    expect(await sessions.findValid(sessionId, sessionVersion, NOW)).toBeNull();
    expect(await sessions.findValid(sessionId, sessionVersion + 1, NOW)).toBeNull();
  });
});
