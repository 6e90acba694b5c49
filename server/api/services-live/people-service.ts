import type { z } from "zod";
import type { ChainBalances } from "@/server/adapters/chain/chain-balances";
import type { Database } from "@/server/adapters/db/database";
import { PrismaInvitationRepository } from "@/server/adapters/db/people/prisma-invitation-repository";
import { PrismaMemberRepository } from "@/server/adapters/db/people/prisma-member-repository";
import { listAudit, readAuditRows } from "@/server/adapters/db/people/read-audit";
import { PrismaSessionRepository } from "@/server/adapters/db/prisma-session-repository";
import { PrismaUserRepository } from "@/server/adapters/db/prisma-user-repository";
import type { Caller } from "@/server/auth/auth-service";
import { tenantScope } from "@/server/auth/scope";
import { type Clock, DAY_MS, DomainError, notFound } from "@/server/shared";
import type { AuditPage, InvitationView, MembersView, OnChainView, peopleInputs, TextFile, WorkspaceChoice } from "../contract/people";
import { csvText } from "./csv-text";

type In<K extends keyof typeof peopleInputs> = z.output<(typeof peopleInputs)[K]>;

/** Most entries in one file of the audit log. */
const MOST_EXPORTED = 50_000;

/** Who belongs to a workspace, who may join, and what they did. */
export class LivePeopleService {
  readonly #members: PrismaMemberRepository;
  readonly #invitations: PrismaInvitationRepository;
  readonly #users: PrismaUserRepository;
  readonly #sessions: PrismaSessionRepository;

  constructor(private readonly parts: { readonly db: Database; readonly wall: Clock; readonly chain: ChainBalances | null }) {
    const { db } = parts;
    this.#members = new PrismaMemberRepository(db);
    this.#invitations = new PrismaInvitationRepository(db);
    this.#users = new PrismaUserRepository(db);
    this.#sessions = new PrismaSessionRepository(db);
  }

  async members(caller: Caller): Promise<MembersView> {
    const members = await this.#members.list(caller.scope);
    return {
      members: members.map((m) => ({ ...m, you: m.userId === caller.userId })),
      invitations: await this.#invitations.listOpen(caller.scope, this.parts.wall.now()),
      yourRole: caller.scope.role,
    };
  }

  async invite(caller: Caller, input: In<"invite">): Promise<{ invitationId: string }> {
    const wallNow = this.parts.wall.now();
    const { address, chainId, role, expiresInDays } = input;
    return this.#invitations.invite(caller.scope, {
      address,
      chainId,
      role,
      invitedBy: caller.userId,
      wallNow,
      expiresAt: wallNow + expiresInDays * DAY_MS,
    });
  }

  revokeInvitation({ scope }: Caller, invitationId: string): Promise<void> {
    return this.#invitations.revoke(scope, invitationId, this.parts.wall.now());
  }

  setRole({ scope }: Caller, input: In<"memberRole">): Promise<void> {
    return this.#members.setRole(scope, input.userId, input.role);
  }

  remove({ scope }: Caller, userId: string): Promise<void> {
    return this.#members.remove(scope, userId, "removed");
  }

  /** Throws LAST_OWNER, ONLY_WORKSPACE. */
  async leave({ scope, userId }: Caller): Promise<void> {
    if ((await this.#users.memberships(userId)).length < 2)
      throw new DomainError("ONLY_WORKSPACE", "This is the only workspace you have.", { kind: "conflict" });
    await this.#members.remove(scope, userId, "left");
  }

  async invitations(caller: Caller): Promise<InvitationView[]> {
    return this.#invitations.listFor(await this.#invited(caller), this.parts.wall.now());
  }

  /** Throws NOT_FOUND, INVITATION_EXPIRED. */
  async answer(caller: Caller, input: In<"answer">): Promise<{ workspaceId: string }> {
    return this.#invitations.answer(await this.#invited(caller), {
      ...input,
      wallNow: this.parts.wall.now(),
      scopeIn: (workspaceId, role) => tenantScope({ workspaceId, role, actor: { kind: "user", id: caller.userId } }),
    });
  }

  /** The address and chain that have signed in. Nobody has the demo trader's, so nobody can invite it. */
  async #invited(caller: Caller): Promise<{ userId: string; address: string; chainId: number }> {
    const user = await this.#users.find(caller.userId);
    if (!user) throw notFound("This person");
    return { userId: user.id, address: user.address, chainId: user.chainId };
  }

  async workspaces(caller: Caller): Promise<WorkspaceChoice[]> {
    const memberships = await this.#users.memberships(caller.userId);
    return memberships.map((m) => ({ id: m.workspaceId, name: m.name, role: m.role, current: m.workspaceId === caller.workspace.id }));
  }

  async chooseWorkspace(caller: Caller, workspaceId: string): Promise<void> {
    await this.#sessions.choose(caller.userId, caller.sessionId ?? "", workspaceId);
  }

  async onChain(caller: Caller): Promise<OnChainView> {
    const { chain, wall } = this.parts;
    const address = caller.isDemo ? null : caller.address;
    const holdings = address === null || !chain ? { at: wall.now(), chains: [] } : await chain.read(address);
    return { address, configured: chain !== null, ...holdings };
  }

  audit({ scope }: Caller, input: In<"audit">): Promise<AuditPage> {
    return listAudit(this.parts.db, scope, input);
  }

  async exportAudit({ scope }: Caller, filter: In<"auditExport">): Promise<TextFile> {
    const rows = await readAuditRows(this.parts.db, scope, filter, MOST_EXPORTED);
    return {
      name: "audit.csv",
      type: "text/csv",
      text: csvText([
        ["time_utc", "who", "actor", "action", "subject", "subject_name", "data"],
        ...rows.map((r) => [new Date(r.at).toISOString(), r.who, r.actor, r.action, r.subject, r.subjectName, JSON.stringify(r.data)]),
      ]),
    };
  }
}
