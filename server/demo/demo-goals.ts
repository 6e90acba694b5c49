import { goalInputs } from "@/server/api/contract/goals";
import type { Container } from "@/server/container";
import { DAY_MS, type TenantScope } from "@/server/shared";

/** What the demo's goals run for (market time). */
const RUNS_FOR = 30 * DAY_MS;

/** Two goals of the demo: profit of one agent, collected in the vault, and a ceiling over all of the money. Again without effect. */
export async function demoGoals(c: Container, scope: TenantScope): Promise<void> {
  const { prisma } = c.db;
  const { workspaceId } = scope;
  if ((await prisma.goal.count({ where: { workspaceId } })) > 0) return;
  const id = async (name: string) => (await prisma.walletNode.findFirstOrThrow({ where: { workspaceId, name } })).id;
  const vault = await id("Collected profit");
  const deadline = Math.floor(c.clocks.market.now() / DAY_MS) * DAY_MS + RUNS_FOR;
  const master = (await prisma.walletNode.findFirstOrThrow({ where: { workspaceId, parentId: null } })).id;
  const goals = [
    { nodeId: master, kind: "drawdown", unit: "percent", target: "10", priority: 1 },
    {
      nodeId: await id("Doge Pulse"),
      kind: "profit",
      unit: "percent",
      target: "8",
      deadline,
      onAchieved: { after: "continue", collect: "profit", collectTo: vault },
    },
  ];
  await c.services.goals.create(scope, goalInputs.goalCreate.parse({ goals }));
}
