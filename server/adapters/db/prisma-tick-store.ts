import type { RunningAgent, TickGap, TickStore } from "@/server/agents";
import { markForCommit } from "./after-commit";
import { appendEvents } from "./append-events";
import type { Database, Tx } from "./database";
import { newId } from "./new-id";

/** Agents whose missed ticks are written by one statement. */
const GAPS_AT_ONCE = 500;

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

  async recordGaps(missed: Parameters<TickStore["recordGaps"]>[0]): Promise<void> {
    for (let i = 0; i < missed.length; i += GAPS_AT_ONCE) await this.#record(missed.slice(i, i + GAPS_AT_ONCE));
  }

  #record(missed: Parameters<TickStore["recordGaps"]>[0]): Promise<void> {
    const at = (ms: number): string => new Date(ms).toISOString();
    const rows = missed.map(({ agent, gap }) => ({
      ...{ id: newId(), eventId: newId(), agentId: agent.agentId, from: at(gap.from), to: at(gap.to), count: gap.count },
      last: agent.lastTickAt === null ? null : at(agent.lastTickAt),
      continues: at(gap.from - gap.intervalMs),
      data: { agentId: agent.agentId, from: gap.from, to: gap.to, count: gap.count },
    }));
    return this.db.transaction(async (tx) => {
      // Compare-and-set: of two schedulers that see the same outage one writes it. In the order of ids, as any two that write the same rows.
      await tx.$queryRaw`
        WITH missed AS (
          SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS m("id" uuid, "eventId" uuid, "agentId" uuid, "from" timestamptz, "to" timestamptz,
            "count" int, "last" timestamptz, "continues" timestamptz, "data" jsonb)),
        held AS (
          SELECT a."id" FROM "Agent" a JOIN missed m ON m."agentId" = a."id" WHERE a."lastTickAt" IS NOT DISTINCT FROM m."last" ORDER BY a."id" FOR UPDATE OF a),
        moved AS (
          UPDATE "Agent" a SET "lastTickAt" = m."to" FROM missed m, held WHERE a."id" = held."id" AND m."agentId" = a."id" RETURNING a."id", a."workspaceId"),
        extended AS (
          UPDATE "TickGap" g SET "toTick" = m."to", "count" = g."count" + m."count" FROM missed m, moved
           WHERE m."agentId" = moved."id" AND g."agentId" = m."agentId" AND g."toTick" = m."continues" RETURNING g."agentId"),
        added AS (
          INSERT INTO "TickGap" ("id", "agentId", "fromTick", "toTick", "count")
          SELECT m."id", m."agentId", m."from", m."to", m."count" FROM missed m JOIN moved ON moved."id" = m."agentId"
           WHERE m."agentId" NOT IN (SELECT "agentId" FROM extended)),
        written AS (
          INSERT INTO "Event" ("id", "workspaceId", "type", "data")
          SELECT m."eventId", moved."workspaceId", 'agent/tick.missed', m."data" FROM missed m JOIN moved ON moved."id" = m."agentId")
        SELECT 1 AS done`;
      markForCommit(tx, "events");
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
