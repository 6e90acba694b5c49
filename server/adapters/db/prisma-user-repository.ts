import { systemScope } from "@/server/auth/scope";
import { NO_LIMITS } from "@/server/risk";
import { type Fixed, fixed, type Role } from "@/server/shared";
import type { Database, Tx } from "./database";
import { fixedToDecimal } from "./decimal";
import { limitsToJson } from "./limits-json";
import { newId } from "./new-id";
import { applyMovements } from "./wallets/apply-movements";

export type UserRow = {
  readonly id: string;
  readonly address: string;
  readonly chainId: number;
  readonly sessionVersion: number;
  readonly isDemo: boolean;
};
export type Membership = { readonly workspaceId: string; readonly name: string; readonly role: Role };

/** What a new workspace starts with. */
export const NEW_WORKSPACE = { baseCurrency: "USDT", paperDeposit: fixed("100000"), dailyModelCap: fixed("5") } as const;

/** Users, and the workspace that each of them gets with the first sign-in. Ids only: no tenant's rows are read here. */
export class PrismaUserRepository {
  constructor(private readonly db: Database) {}

  /**
   * The user of an address (EIP-55) on a chain (1 by default: every ordinary wallet), made at the first sign-in together with a workspace, its owner, its treasury and a
   * paper deposit. Concurrent first sign-ins make one of each. `marketNow` is the ledger's time (ms).
   */
  async signIn(input: {
    address: string;
    chainId?: number;
    marketNow: number;
    isDemo?: boolean;
    deposit?: Fixed;
  }): Promise<{ user: UserRow; workspaceId: string; created: boolean }> {
    const identity = { address: input.address, chainId: input.chainId ?? 1 };
    return this.db.transaction(async (tx) => {
      // A second first sign-in waits here for the first one's commit.
      const { count } = await tx.user.createMany({
        data: [{ id: newId(), ...identity, isDemo: input.isDemo ?? false }],
        skipDuplicates: true,
      });
      const user = await tx.user.findUniqueOrThrow({
        where: { address_chainId: identity },
        include: { members: { orderBy: { workspaceId: "asc" } } },
      });
      const own = user.members.find((m) => m.role === "owner") ?? user.members[0];
      if (own) return { user: toUser(user), workspaceId: own.workspaceId, created: false };
      const workspaceId = await createWorkspace(tx, user.id, input.marketNow, input.deposit ?? NEW_WORKSPACE.paperDeposit);
      return { user: toUser(user), workspaceId, created: count === 1 };
    });
  }

  async find(userId: string): Promise<UserRow | null> {
    const user = await this.db.prisma.user.findUnique({ where: { id: userId } });
    return user && toUser(user);
  }

  /** Workspaces the user belongs to, oldest first. */
  async memberships(userId: string): Promise<Membership[]> {
    const rows = await this.db.prisma.member.findMany({ where: { userId }, include: { workspace: true }, orderBy: { workspaceId: "asc" } });
    return rows.map((r) => ({ workspaceId: r.workspaceId, name: r.workspace.name, role: r.role as Role }));
  }
}

const toUser = (u: UserRow): UserRow => ({ id: u.id, address: u.address, chainId: u.chainId, sessionVersion: u.sessionVersion, isDemo: u.isDemo });

async function createWorkspace(tx: Tx, userId: string, marketNow: number, deposit: Fixed): Promise<string> {
  const workspaceId = newId();
  const treasury = newId();
  const currency = NEW_WORKSPACE.baseCurrency;
  await tx.workspace.create({
    data: {
      id: workspaceId,
      name: "My workspace",
      limits: limitsToJson(NO_LIMITS),
      dailyModelCap: fixedToDecimal(NEW_WORKSPACE.dailyModelCap),
      baseCurrency: currency,
    },
  });
  await tx.member.create({ data: { workspaceId, userId, role: "owner" } });
  await tx.walletNode.create({ data: { id: treasury, workspaceId, kind: "treasury", mode: "paper", name: "Treasury", currency } });
  await tx.nodePlace.create({ data: { nodeId: treasury, workspaceId, since: new Date(marketNow) } });
  const order = {
    kind: "deposit" as const,
    fromNodeId: null,
    toNodeId: treasury,
    amount: deposit,
    key: "deposit:initial",
    why: "Paper money to start with",
  };
  await applyMovements(tx, systemScope(workspaceId), [order], { at: marketNow, wallAt: Date.now(), prices: {} });
  return workspaceId;
}
