import type { RunningAgent, TickGap, TickStore } from "@/server/agents";
import { appendEvents } from "./append-events";
import type { Database, Tx } from "./database";
import { newId } from "./new-id";

/** What the scheduler needs, across tenants: ids and times. */
export class PrismaTickStore implements TickStore {
  constructor(private readonly db: Database) {}

  async running(): Promise<readonly RunningAgent[]> {
    const rows = await this.db.raw.query<Omit<RunningAgent, "lastTickAt"> & { lastTickAt: string | null }>(
      `SELECT "workspaceId", id AS "agentId", "intervalMs"::float8 AS "intervalMs", (extract(epoch FROM "lastTickAt") * 1000)::bigint::text AS "lastTickAt",
              (config->>'settleAfterMs')::float8 AS "settleAfterMs"
       FROM "Agent" WHERE status = 'running' AND "triggerKind" = 'interval' AND "intervalMs" IS NOT NULL ORDER BY id`,
    );
    return rows.map((r) => ({ ...r, lastTickAt: r.lastTickAt === null ? null : Number(r.lastTickAt) }));
  }

  recordGap(agent: RunningAgent, gap: TickGap): Promise<void> {
    return this.db.transaction(async (tx) => {
      // Compare-and-set: of two schedulers that see the same outage one writes it.
      const { count } = await tx.agent.updateMany({
        where: { id: agent.agentId, lastTickAt: agent.lastTickAt === null ? null : new Date(agent.lastTickAt) },
        data: { lastTickAt: new Date(gap.to) },
      });
      if (count > 0) await writeGap(tx, agent, gap);
    });
  }
}

/** One row for each outage: a gap that goes on where the last one ended extends it. The caller moves the agent's last tick on. */
export async function writeGap(
  tx: Tx,
  { agentId, workspaceId }: { readonly agentId: string; readonly workspaceId: string },
  gap: TickGap,
): Promise<void> {
  const { from, to, count, intervalMs } = gap;
  const extended = await tx.tickGap.updateMany({
    where: { agentId, toTick: new Date(from - intervalMs) },
    data: { toTick: new Date(to), count: { increment: count } },
  });
  if (extended.count === 0) {
    await tx.tickGap.create({ data: { id: newId(), agentId, fromTick: new Date(from), toTick: new Date(to), count } });
  }
  await appendEvents(tx, workspaceId, [{ type: "agent/tick.missed", data: { agentId, from, to, count } }]);
}
