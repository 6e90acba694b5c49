import { notFound, type Role } from "@/server/shared";
import type { Database } from "./database";
import { newId } from "./new-id";
import type { UserRow } from "./prisma-user-repository";

export type SessionRow = { readonly id: string; readonly createdAt: number; readonly expiresAt: number; readonly userAgent: string | null };
export type ValidSession = {
  readonly session: SessionRow;
  readonly user: UserRow;
  /** The workspace that was chosen for this session while its person is a member there, else their own (owner first, then the oldest). */
  readonly workspace: { readonly id: string; readonly name: string; readonly role: Role } | null;
};

/** Sessions that can be taken back: by id, or all of a user's by raising the session version. Times in wall ms. */
export class PrismaSessionRepository {
  constructor(private readonly db: Database) {}

  async create(input: {
    userId: string;
    wallNow: number;
    ttlMs: number;
    userAgent: string | null;
  }): Promise<{ sessionId: string; sessionVersion: number; expiresAt: number }> {
    const expiresAt = input.wallNow + input.ttlMs;
    const row = await this.db.prisma.session.create({
      data: {
        id: newId(),
        userId: input.userId,
        createdAt: new Date(input.wallNow),
        expiresAt: new Date(expiresAt),
        userAgent: input.userAgent?.slice(0, 400) ?? null,
      },
      include: { user: { select: { sessionVersion: true } } },
    });
    return { sessionId: row.id, sessionVersion: row.user.sessionVersion, expiresAt };
  }

  /** The session, when it is neither expired nor revoked and the user's session version is still the given one. */
  async findValid(sessionId: string, sessionVersion: number, wallNow: number): Promise<ValidSession | null> {
    const row = await this.db.prisma.session.findFirst({
      where: { id: sessionId, revokedAt: null, expiresAt: { gt: new Date(wallNow) }, user: { sessionVersion } },
      include: { user: { include: { members: { include: { workspace: { select: { name: true } } }, orderBy: { workspaceId: "asc" } } } } },
    });
    if (!row) return null;
    const { members, ...user } = row.user;
    const member = members.find((m) => m.workspaceId === row.workspaceId) ?? members.find((m) => m.role === "owner") ?? members[0];
    return {
      session: toSession(row),
      user: { id: user.id, address: user.address, chainId: user.chainId, sessionVersion: user.sessionVersion, isDemo: user.isDemo },
      workspace: member ? { id: member.workspaceId, name: member.workspace.name, role: member.role as Role } : null,
    };
  }

  /** The workspace that this session looks at from now on. Throws NOT_FOUND unless the person is a member there. */
  async choose(userId: string, sessionId: string, workspaceId: string): Promise<void> {
    await this.db.transaction(async (tx) => {
      if (!(await tx.member.findUnique({ where: { workspaceId_userId: { workspaceId, userId } } }))) throw notFound("This workspace");
      await tx.session.updateMany({ where: { id: sessionId, userId }, data: { workspaceId } });
    });
  }

  /** Sessions of the user that still work, newest first. */
  async list(userId: string, wallNow: number): Promise<SessionRow[]> {
    const rows = await this.db.prisma.session.findMany({
      where: { userId, revokedAt: null, expiresAt: { gt: new Date(wallNow) } },
      orderBy: { createdAt: "desc" },
      take: 100,
    });
    return rows.map(toSession);
  }

  /** Revokes one session of the user; false when there is no such session that still works. */
  async revoke(userId: string, sessionId: string, wallNow: number): Promise<boolean> {
    const { count } = await this.db.prisma.session.updateMany({
      where: { id: sessionId, userId, revokedAt: null },
      data: { revokedAt: new Date(wallNow) },
    });
    return count === 1;
  }

  /** Ends every session of the user. Returns the new session version. */
  async revokeAll(userId: string, wallNow: number): Promise<number> {
    return this.db.transaction(async (tx) => {
      const user = await tx.user.update({ where: { id: userId }, data: { sessionVersion: { increment: 1 } } });
      await tx.session.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: new Date(wallNow) } });
      return user.sessionVersion;
    });
  }
}

const toSession = (s: { id: string; createdAt: Date; expiresAt: Date; userAgent: string | null }): SessionRow => ({
  id: s.id,
  createdAt: s.createdAt.getTime(),
  expiresAt: s.expiresAt.getTime(),
  userAgent: s.userAgent,
});
