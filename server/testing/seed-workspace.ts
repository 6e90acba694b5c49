import { randomUUID } from "node:crypto";
import type { Database } from "@/server/adapters/db/database";
import { fixedToDecimal } from "@/server/adapters/db/decimal";
import { type Fixed, fixed, hashId, type TenantScope } from "@/server/shared";
import { testScope } from "./scope";

export type SeededWorkspace = { userId: string; workspaceId: string; treasuryNodeId: string; scope: TenantScope };

/** A user with a workspace, its treasury and a deposit (default 100,000 USDT). */
export async function seedWorkspace(db: Database, options: { deposit?: Fixed; dailyModelCap?: Fixed } = {}): Promise<SeededWorkspace> {
  const deposit = options.deposit ?? fixed("100000");
  const ids = { userId: randomUUID(), workspaceId: randomUUID(), treasuryNodeId: randomUUID() };
  const { workspaceId } = ids;
  const cash = {
    id: hashId(workspaceId, ids.treasuryNodeId, "cash", "USDT"),
    nodeId: ids.treasuryNodeId,
    kind: "cash",
    mayBeNegative: false,
    amount: deposit,
  };
  const outside = { id: hashId(workspaceId, "", "external", "USDT"), nodeId: null, kind: "external", mayBeNegative: true, amount: -deposit as Fixed };
  await db.transaction(async (tx) => {
    await tx.user.create({ data: { id: ids.userId, address: `0x${ids.userId.replaceAll("-", "")}00000000` } });
    await tx.workspace.create({
      data: { id: workspaceId, name: "Test", limits: {}, dailyModelCap: fixedToDecimal(options.dailyModelCap ?? fixed("5")), baseCurrency: "USDT" },
    });
    await tx.member.create({ data: { workspaceId, userId: ids.userId, role: "owner" } });
    await tx.walletNode.create({
      data: { id: ids.treasuryNodeId, workspaceId, kind: "treasury", mode: "paper", name: "Treasury", currency: "USDT" },
    });
    await tx.ledgerAccount.createMany({
      data: [cash, outside].map(({ amount, ...a }) => ({ ...a, workspaceId, currency: "USDT", balance: fixedToDecimal(amount) })),
    });
    await tx.ledgerTransaction.create({
      data: {
        id: randomUUID(),
        workspaceId,
        key: "seed:deposit",
        kind: "deposit",
        at: new Date(),
        postings: {
          create: [cash, outside].map((a, leg) => ({ leg, accountId: a.id, currency: "USDT", amount: fixedToDecimal(a.amount) })),
        },
      },
    });
  });
  return { ...ids, scope: testScope(workspaceId, { userId: ids.userId }) };
}
