import type { RunningAgent, TickStore } from "@/server/agents";
import { appendEvents } from "./append-events";
import type { Database } from "./database";
import { newId } from "./new-id";

/** What the scheduler needs, across tenants: ids and times. */
export class PrismaTickStore implements TickStore {
  constructor(private readonly db: Database) {}

  async running(): Promise<readonly RunningAgent[]> {
    const rows = await this.db.prisma.agent.findMany({
      where: { status: "running", triggerKind: "interval", intervalMs: { not: null } },
      select: { id: true, workspaceId: true, intervalMs: true, lastTickAt: true },
      orderBy: { id: "asc" },
    });
    return rows.flatMap((r) =>
      r.intervalMs === null
        ? []
        : [{ workspaceId: r.workspaceId, agentId: r.id, intervalMs: r.intervalMs, lastTickAt: r.lastTickAt?.getTime() ?? null }],
    );
  }

  async recordGap(agent: RunningAgent, gap: { from: number; to: number; count: number }): Promise<void> {
    const { agentId, intervalMs } = agent;
    await this.db.transaction(async (tx) => {
      // Compare-and-set: of two schedulers that see the same outage one writes it.
      const { count } = await tx.agent.updateMany({
        where: { id: agentId, lastTickAt: agent.lastTickAt === null ? null : new Date(agent.lastTickAt) },
        data: { lastTickAt: new Date(gap.to) },
      });
      if (count === 0) return;
      const extended = await tx.tickGap.updateMany({
        where: { agentId, toTick: new Date(gap.from - intervalMs) },
        data: { toTick: new Date(gap.to), count: { increment: gap.count } },
      });
      if (extended.count === 0) {
        await tx.tickGap.create({ data: { id: newId(), agentId, fromTick: new Date(gap.from), toTick: new Date(gap.to), count: gap.count } });
      }
      await appendEvents(tx, agent.workspaceId, [{ type: "agent/tick.missed", data: { agentId, ...gap } }]);
    });
  }
}
