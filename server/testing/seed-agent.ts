import { randomUUID } from "node:crypto";
import type { Prisma } from "@/generated/prisma/client";
import type { Database } from "@/server/adapters/db/database";
import type { SeededWorkspace } from "./seed-workspace";

/** An agent row with its wallet node and no money; `config` is merged over a minimal stored configuration. Returns the agent's id. */
export async function seedAgent(
  db: Database,
  seeded: SeededWorkspace,
  config: { readonly [key: string]: Prisma.InputJsonValue } = {},
): Promise<string> {
  const id = randomUUID();
  const { workspaceId } = seeded;
  await db.transaction(async (tx) => {
    const node = await tx.walletNode.create({
      data: { id: randomUUID(), workspaceId, parentId: seeded.treasuryNodeId, kind: "agent", mode: "paper", name: "Agent", currency: "USDT" },
    });
    await tx.agent.create({
      data: {
        id,
        workspaceId,
        nodeId: node.id,
        name: "Agent",
        status: "stopped",
        triggerKind: "manual",
        baseCurrency: "USDT",
        config: { name: "Agent", symbols: ["BTC/USDT"], mode: "paper", trigger: { kind: "manual" }, dailyModelCap: "1", ...config },
      },
    });
  });
  return id;
}
