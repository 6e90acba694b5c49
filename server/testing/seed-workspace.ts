import { randomUUID } from "node:crypto";
import type { Database } from "@/server/adapters/db/database";
import { fixedToDecimal } from "@/server/adapters/db/decimal";
import { postInTransaction } from "@/server/adapters/db/post-transactions";
import { type Fixed, fixed, neg, type TenantScope } from "@/server/shared";
import { testScope } from "./scope";

export type SeededWorkspace = { userId: string; workspaceId: string; treasuryNodeId: string; scope: TenantScope };

/** A user with a workspace, its treasury and a deposit (default 100,000 USDT). */
export async function seedWorkspace(db: Database, options: { deposit?: Fixed; dailyModelCap?: Fixed } = {}): Promise<SeededWorkspace> {
  const deposit = options.deposit ?? fixed("100000");
  const ids = { userId: randomUUID(), workspaceId: randomUUID(), treasuryNodeId: randomUUID() };
  const { workspaceId } = ids;
  await db.transaction(async (tx) => {
    await tx.user.create({ data: { id: ids.userId, address: `0x${ids.userId.replaceAll("-", "")}00000000` } });
    await tx.workspace.create({
      data: { id: workspaceId, name: "Test", limits: {}, dailyModelCap: fixedToDecimal(options.dailyModelCap ?? fixed("5")), baseCurrency: "USDT" },
    });
    await tx.member.create({ data: { workspaceId, userId: ids.userId, role: "owner" } });
    await tx.walletNode.create({
      data: { id: ids.treasuryNodeId, workspaceId, kind: "treasury", mode: "paper", name: "Treasury", currency: "USDT" },
    });
    await postInTransaction(tx, workspaceId, {
      key: "seed:deposit",
      kind: "deposit",
      at: Date.now(),
      postings: [
        { account: { nodeId: ids.treasuryNodeId, kind: "cash", currency: "USDT" }, amount: deposit },
        { account: { nodeId: null, kind: "external", currency: "USDT" }, amount: neg(deposit) },
      ],
    });
  });
  return { ...ids, scope: testScope(workspaceId, { userId: ids.userId }) };
}
