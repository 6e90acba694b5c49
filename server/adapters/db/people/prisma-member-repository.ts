import { DomainError, notFound, type Role, type TenantScope } from "@/server/shared";
import { appendEvents } from "../append-events";
import { writeAudit } from "../audit";
import type { Database, Tx } from "../database";

export type MemberRow = {
  readonly userId: string;
  readonly address: string;
  readonly chainId: number;
  readonly isDemo: boolean;
  readonly role: Role;
  readonly joinedAt: number;
};

/** Who belongs to a workspace. Each change locks the workspace, so that two at once cannot take both of its last two owners away. */
export class PrismaMemberRepository {
  constructor(private readonly db: Database) {}

  /** Oldest first. */
  async list(scope: TenantScope): Promise<MemberRow[]> {
    const rows = await this.db.prisma.member.findMany({
      where: { workspaceId: scope.workspaceId },
      include: { user: true },
      orderBy: [{ joinedAt: "asc" }, { userId: "asc" }],
    });
    return rows.map(({ userId, user, role, joinedAt }) => ({
      userId,
      address: user.address,
      chainId: user.chainId,
      isDemo: user.isDemo,
      role: role as Role,
      joinedAt: joinedAt.getTime(),
    }));
  }

  /** Throws NOT_FOUND, LAST_OWNER. The same role again changes nothing. */
  setRole(scope: TenantScope, userId: string, role: Role): Promise<void> {
    return this.db.transaction(async (tx) => {
      const member = await lockedMember(tx, scope, userId);
      if (member.role === role) return;
      if (member.role === "owner") await refuseLastOwner(tx, scope);
      await tx.member.update({ where: { workspaceId_userId: { workspaceId: scope.workspaceId, userId } }, data: { role } });
      await told(tx, scope, "member.role.set", userId, { from: member.role, to: role });
    });
  }

  /** Ends the membership, and with it the person's API keys here. Throws NOT_FOUND, LAST_OWNER. `left` = by their own wish. */
  remove(scope: TenantScope, userId: string, how: "removed" | "left"): Promise<void> {
    return this.db.transaction(async (tx) => {
      const member = await lockedMember(tx, scope, userId);
      if (member.role === "owner") await refuseLastOwner(tx, scope);
      await tx.member.delete({ where: { workspaceId_userId: { workspaceId: scope.workspaceId, userId } } });
      await tx.apiKey.updateMany({ where: { workspaceId: scope.workspaceId, createdBy: userId, revokedAt: null }, data: { revokedAt: new Date() } });
      await tx.session.updateMany({ where: { userId, workspaceId: scope.workspaceId }, data: { workspaceId: null } });
      await told(tx, scope, `member.${how}`, userId, { role: member.role });
    });
  }
}

async function lockedMember(tx: Tx, scope: TenantScope, userId: string): Promise<{ role: string }> {
  await tx.$queryRaw`SELECT id FROM "Workspace" WHERE id = ${scope.workspaceId}::uuid FOR UPDATE`;
  const member = await tx.member.findUnique({ where: { workspaceId_userId: { workspaceId: scope.workspaceId, userId } } });
  if (!member) throw notFound("This member");
  return member;
}

async function refuseLastOwner(tx: Tx, scope: TenantScope): Promise<void> {
  if ((await tx.member.count({ where: { workspaceId: scope.workspaceId, role: "owner" } })) > 1) return;
  throw new DomainError("LAST_OWNER", "This is the only owner of the workspace: make somebody else an owner first.", {
    kind: "conflict",
    field: "userId",
    data: { owners: 1 },
  });
}

async function told(tx: Tx, scope: TenantScope, action: string, userId: string, data: Readonly<Record<string, string>>): Promise<void> {
  await writeAudit(tx, scope, { action, subject: userId, data });
  await appendEvents(tx, scope.workspaceId, [{ type: "workspace/members.changed", data: { userId } }]);
}
