import { randomUUID } from "node:crypto";
import type { Database } from "@/server/adapters/db/database";
import { fixedToDecimal } from "@/server/adapters/db/decimal";
import { applyMovements } from "@/server/adapters/db/wallets/apply-movements";
import { systemScope } from "@/server/auth/scope";
import { type Fixed, fixed, type TenantScope } from "@/server/shared";
import { testScope } from "./scope";

const SEEDED_AT = Date.UTC(2020, 0, 1);

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
    const order = { kind: "deposit" as const, fromNodeId: null, toNodeId: ids.treasuryNodeId, amount: deposit, key: "seed:deposit", why: "" };
    const now = Date.now();
    // Before anything that a test does in market time.
    await applyMovements(tx, systemScope(workspaceId), [order], { at: Math.min(now, SEEDED_AT), wallAt: now, prices: {} });
    // A workspace in which nothing has happened yet: tests count its events and its audit entries.
    await tx.event.deleteMany({ where: { workspaceId } });
    await tx.auditEntry.deleteMany({ where: { workspaceId } });
  });
  return { ...ids, scope: testScope(workspaceId, { userId: ids.userId }) };
}
