import type { Prisma } from "@/generated/prisma/client";
import { DomainError, notFound, type Role, type TenantScope } from "@/server/shared";
import { appendEvents } from "../append-events";
import { writeAudit } from "../audit";
import type { Database, Tx } from "../database";
import { newId } from "../new-id";

export type InvitationRow = {
  readonly id: string;
  readonly workspaceId: string;
  readonly workspaceName: string;
  readonly address: string;
  readonly chainId: number;
  readonly role: Role;
  /** Address of who invited. */
  readonly invitedBy: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
};
/** Who answers an invitation: the address that has signed in. */
export type Invited = { readonly userId: string; readonly address: string; readonly chainId: number };

const MOST_OPEN = 50;

/** Invitations by wallet address. One is open once: it ends by being accepted, declined, revoked, or by its time. Times in wall ms. */
export class PrismaInvitationRepository {
  constructor(private readonly db: Database) {}

  /** Throws ALREADY_MEMBER, ALREADY_INVITED, TOO_MANY_INVITATIONS. */
  invite(
    scope: TenantScope,
    draft: { address: string; chainId: number; role: Role; invitedBy: string; wallNow: number; expiresAt: number },
  ): Promise<{ invitationId: string }> {
    const { workspaceId } = scope;
    const { address, chainId, role, invitedBy, wallNow, expiresAt } = draft;
    return this.db.transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM "Workspace" WHERE id = ${workspaceId}::uuid FOR UPDATE`;
      await endExpired(tx, workspaceId, wallNow);
      if (await tx.member.findFirst({ where: { workspaceId, user: { address, chainId } }, select: { userId: true } }))
        throw new DomainError("ALREADY_MEMBER", "This address belongs to the workspace already.", { kind: "conflict", field: "address" });
      const open = await tx.invitation.findMany({ where: { workspaceId, openKey: { not: null } }, select: { openKey: true } });
      if (open.some((i) => i.openKey === keyOf(workspaceId, address, chainId)))
        throw new DomainError("ALREADY_INVITED", "This address has an open invitation: revoke it to invite anew.", {
          kind: "conflict",
          field: "address",
        });
      if (open.length >= MOST_OPEN)
        throw new DomainError("TOO_MANY_INVITATIONS", `There are ${open.length} open invitations, and ${MOST_OPEN} are allowed.`, {
          kind: "conflict",
          data: { open: open.length, most: MOST_OPEN },
        });
      const id = newId();
      await tx.invitation.create({
        data: {
          id,
          workspaceId,
          address,
          chainId,
          role,
          invitedBy,
          openKey: keyOf(workspaceId, address, chainId),
          createdAt: new Date(wallNow),
          expiresAt: new Date(expiresAt),
        },
      });
      await writeAudit(tx, scope, { action: "member.invited", subject: id, data: { address, chainId, role } });
      await appendEvents(tx, workspaceId, [{ type: "workspace/members.changed", data: { userId: null } }]);
      return { invitationId: id };
    });
  }

  /** Open ones of the workspace, newest first. */
  async listOpen(scope: TenantScope, wallNow: number): Promise<InvitationRow[]> {
    return this.#read({ workspaceId: scope.workspaceId, openKey: { not: null }, expiresAt: { gt: new Date(wallNow) } });
  }

  /** Open ones for an address, in any workspace: what the person who has signed in with it may answer. */
  async listFor(invited: Invited, wallNow: number): Promise<InvitationRow[]> {
    const { address, chainId } = invited;
    return this.#read({ address, chainId, openKey: { not: null }, expiresAt: { gt: new Date(wallNow) } });
  }

  /** Throws NOT_FOUND when no such invitation is open here. */
  revoke(scope: TenantScope, invitationId: string, wallNow: number): Promise<void> {
    return this.db.transaction(async (tx) => {
      const { count } = await tx.invitation.updateMany({
        where: { id: invitationId, workspaceId: scope.workspaceId, openKey: { not: null } },
        data: { status: "revoked", openKey: null, endedAt: new Date(wallNow) },
      });
      if (count === 0) throw notFound("This invitation");
      await writeAudit(tx, scope, { action: "invitation.revoked", subject: invitationId });
      await appendEvents(tx, scope.workspaceId, [{ type: "workspace/members.changed", data: { userId: null } }]);
    });
  }

  /**
   * Joins the workspace, or says no. Throws NOT_FOUND (also for one that is another address's), INVITATION_EXPIRED. `scopeIn` makes the
   * scope in which the answer is audited.
   */
  answer(
    invited: Invited,
    input: { invitationId: string; accept: boolean; wallNow: number; scopeIn: (workspaceId: string, role: Role) => TenantScope },
  ): Promise<{ workspaceId: string }> {
    const { invitationId, accept, wallNow } = input;
    const { userId, address, chainId } = invited;
    return this.db.transaction(async (tx) => {
      const found = await tx.invitation.findFirst({ where: { id: invitationId, address, chainId, openKey: { not: null } } });
      if (!found) throw notFound("This invitation");
      const { workspaceId } = found;
      const role = found.role as Role;
      await tx.$queryRaw`SELECT id FROM "Workspace" WHERE id = ${workspaceId}::uuid FOR UPDATE`;
      if (found.expiresAt.getTime() <= wallNow)
        throw new DomainError("INVITATION_EXPIRED", "This invitation has expired: ask for a new one.", { kind: "conflict", field: "invitationId" });
      const { count } = await tx.invitation.updateMany({
        where: { id: invitationId, openKey: { not: null } },
        data: { status: accept ? "accepted" : "declined", openKey: null, endedAt: new Date(wallNow) },
      });
      if (count === 0) throw notFound("This invitation");
      if (accept) await tx.member.createMany({ data: [{ workspaceId, userId, role }], skipDuplicates: true });
      await writeAudit(tx, input.scopeIn(workspaceId, role), {
        action: accept ? "member.joined" : "invitation.declined",
        subject: accept ? userId : invitationId,
        data: { address, role },
      });
      await appendEvents(tx, workspaceId, [{ type: "workspace/members.changed", data: { userId: accept ? userId : null } }]);
      return { workspaceId };
    });
  }

  async #read(where: Prisma.InvitationWhereInput): Promise<InvitationRow[]> {
    const rows = await this.db.prisma.invitation.findMany({ where, orderBy: { createdAt: "desc" }, take: 200 });
    const inviters = await this.db.prisma.user.findMany({ where: { id: { in: rows.map((r) => r.invitedBy) } }, select: { id: true, address: true } });
    const workspaces = await this.db.prisma.workspace.findMany({
      where: { id: { in: rows.map((r) => r.workspaceId) } },
      select: { id: true, name: true },
    });
    const address = new Map(inviters.map((u) => [u.id, u.address]));
    const name = new Map(workspaces.map((w) => [w.id, w.name]));
    return rows.map((r) => ({
      id: r.id,
      workspaceId: r.workspaceId,
      workspaceName: name.get(r.workspaceId) ?? "",
      address: r.address,
      chainId: r.chainId,
      role: r.role as Role,
      invitedBy: address.get(r.invitedBy) ?? null,
      createdAt: r.createdAt.getTime(),
      expiresAt: r.expiresAt.getTime(),
    }));
  }
}

const keyOf = (workspaceId: string, address: string, chainId: number): string => `${workspaceId}:${address}:${chainId}`;

/** Those whose time is over no longer stand in the way of a new one. */
const endExpired = (tx: Tx, workspaceId: string, wallNow: number) =>
  tx.invitation.updateMany({
    where: { workspaceId, openKey: { not: null }, expiresAt: { lte: new Date(wallNow) } },
    data: { status: "expired", openKey: null, endedAt: new Date(wallNow) },
  });
