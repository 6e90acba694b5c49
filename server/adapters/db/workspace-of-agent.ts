import { LRUCache } from "lru-cache";
import type { Database } from "./database";

/** Asks which workspace an agent belongs to; that never changes, so each is asked for once. Null for an agent that does not exist. */
export function workspaceOfAgent(db: Database): (agentId: string) => Promise<string | null> {
  const known = new LRUCache<string, string>({ max: 20_000 });
  return async (agentId) => {
    const cached = known.get(agentId);
    if (cached) return cached;
    const row = await db.prisma.agent.findUnique({ where: { id: agentId }, select: { workspaceId: true } });
    if (row) known.set(agentId, row.workspaceId);
    return row?.workspaceId ?? null;
  };
}
