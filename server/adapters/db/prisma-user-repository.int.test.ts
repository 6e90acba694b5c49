import { expect, it } from "vitest";
import { toText } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { testScope } from "@/server/testing/scope";
import { PrismaLedger } from "./prisma-ledger";
import { PrismaUserRepository } from "./prisma-user-repository";
import { PrismaWorkspaceRepository } from "./prisma-workspace-repository";

const ADDRESS = "0x52908400098527886E0F7030069857D2E4169EE7";

describeDatabase("PrismaUserRepository", (db) => {
  it("gives a new user a workspace with a treasury and paper money, and the next sign-in the same", async () => {
    const users = new PrismaUserRepository(db());
    const first = await users.signIn({ address: ADDRESS, marketNow: 1_000 });
    const again = await users.signIn({ address: ADDRESS, marketNow: 2_000 });
    expect([first.created, again.created]).toEqual([true, false]);
    expect(again.workspaceId).toBe(first.workspaceId);
    expect(await users.memberships(first.user.id)).toMatchObject([{ workspaceId: first.workspaceId, role: "owner" }]);
    const scope = testScope(first.workspaceId);
    const workspace = await new PrismaWorkspaceRepository(db()).get(scope);
    const balances = await new PrismaLedger(db()).balances(scope, [workspace.treasuryNodeId]);
    expect(balances.map((b) => `${b.account.kind} ${toText(b.amount)} ${b.account.currency}`)).toEqual(["cash 100000 USDT"]);
  });

  it("makes one of everything when the first sign-in happens 20 times at once", async () => {
    const users = new PrismaUserRepository(db());
    const results = await Promise.all(Array.from({ length: 20 }, () => users.signIn({ address: ADDRESS, marketNow: 1_000 })));
    expect(results.filter((r) => r.created)).toHaveLength(1);
    expect(new Set(results.map((r) => r.workspaceId)).size).toBe(1);
    const { prisma } = db();
    expect([
      await prisma.user.count(),
      await prisma.workspace.count(),
      await prisma.walletNode.count(),
      await prisma.ledgerTransaction.count(),
    ]).toEqual([1, 1, 1, 1]);
  });
});
