import type { Database } from "@/server/adapters/db/database";
import { PrismaMovementStore } from "@/server/adapters/db/wallets/prisma-movement-store";
import { PrismaWalletTree } from "@/server/adapters/db/wallets/prisma-wallet-tree";
import type { TreasuryRef } from "@/server/agents";
import { fixed, sum, type TenantScope } from "@/server/shared";
import { DEMO_FARMS, type DemoAgent, type DemoFarm } from "./demo-agents";

/** What each farm has left for its agents. */
const SPARE = fixed("5000");

/** The demo's tree: two farms, each with its agents' capital, and a vault for profit that is collected. Again without effect. Times in ms. */
export async function demoWallets(
  db: Database,
  scope: TenantScope,
  treasury: TreasuryRef,
  agents: readonly DemoAgent[],
  time: { readonly at: number; readonly wallAt: number },
): Promise<(farm: DemoFarm) => TreasuryRef> {
  const tree = new PrismaWalletTree(db);
  const known = await db.prisma.walletNode.findMany({ where: { workspaceId: scope.workspaceId, parentId: treasury.nodeId } });
  const idOf = new Map(known.map((n) => [n.name, n.id]));
  const vault = "Collected profit";
  if (!idOf.has(vault)) await tree.create(scope, { kind: "vault", name: vault, parentId: treasury.nodeId }, time.at);
  const names = Object.keys(DEMO_FARMS) as DemoFarm[];
  for (const name of names) {
    const nodeId =
      idOf.get(name) ?? (await tree.create(scope, { kind: "farm", name, parentId: treasury.nodeId, strategy: DEMO_FARMS[name] }, time.at));
    idOf.set(name, nodeId);
    const amount = sum([SPARE, ...agents.filter((a) => a.farm === name).map((a) => a.capital)]);
    const order = {
      kind: "allocate" as const,
      fromNodeId: treasury.nodeId,
      toNodeId: nodeId,
      amount,
      key: `demo:${nodeId}`,
      why: `Capital of the ${name}`,
    };
    await new PrismaMovementStore(db).apply(scope, [order], { ...time, prices: {} });
  }
  return (farm) => ({ nodeId: idOf.get(farm) ?? treasury.nodeId, currency: treasury.currency });
}
