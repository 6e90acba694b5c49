import type { Tx } from "../database";

/** Why an account cannot be deleted now: one agent and what it is at, in words. */
export type AccountBlocker = { readonly agentId: string; readonly name: string; readonly reason: string };

const AT_WORK = ["starting", "running", "stopping"];
const OPEN_ORDERS = ["intended", "sending", "open", "partially_filled"];
const DECIDING = ["claimed", "context", "decided", "judged", "intended"];

/** Agents of the workspace that run, hold something, have open orders, sell for a recall or are deciding; by name. */
export async function accountBlockers(tx: Tx, workspaceId: string): Promise<AccountBlocker[]> {
  const agents = await tx.agent.findMany({
    where: { workspaceId },
    select: { id: true, nodeId: true, name: true, status: true },
    orderBy: { name: "asc" },
  });
  const agentId = { in: agents.map((a) => a.id) };
  const held = await tx.position.findMany({ where: { agentId, quantity: { gt: 0 } }, select: { agentId: true, symbol: true } });
  const open = await tx.order.findMany({ where: { agentId, status: { in: OPEN_ORDERS } }, select: { agentId: true }, distinct: ["agentId"] });
  const deciding = await tx.turn.findMany({ where: { agentId, phase: { in: DECIDING } }, select: { agentId: true }, distinct: ["agentId"] });
  const recalls = await tx.movement.findMany({ where: { workspaceId, waitsFor: { in: ["closing", "reopening"] } }, select: { fromNodeId: true } });
  return agents.flatMap(({ id, nodeId, name, status }) => {
    const symbols = held.filter((h) => h.agentId === id).map((h) => h.symbol);
    const reasons = [
      ...(AT_WORK.includes(status) ? ["is running"] : []),
      ...(symbols.length > 0 ? [`holds ${symbols.sort().join(", ")}`] : []),
      ...(open.some((o) => o.agentId === id) ? ["has open orders"] : []),
      ...(recalls.some((r) => r.fromNodeId === nodeId) ? ["sells for a recall that is not at its end"] : []),
      ...(deciding.some((t) => t.agentId === id) ? ["is deciding right now"] : []),
    ];
    return reasons.length === 0 ? [] : [{ agentId: id, name, reason: reasons.join(", ") }];
  });
}
