import { expect, it } from "vitest";
import { PrismaTickStore } from "@/server/adapters/db/prisma-tick-store";
import { fixed, HOUR_MS, MINUTE_MS } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";

const START = Date.UTC(2026, 10, 2);

describeDatabase("ticks that were missed", (db) => {
  async function opened(count: number) {
    const seeded = await seedWorkspace(db());
    const live = liveAgents(db(), { start: START });
    const agentIds: string[] = [];
    for (let i = 0; i < count; i++) {
      const { agentId } = await live.service.create(seeded.scope, { config: { ...TEST_CONFIG, name: `Agent ${i}` }, capital: fixed("1000") });
      await live.service.start(seeded.scope, agentId);
      await live.scheduler.finishTransition(seeded.workspaceId, agentId);
      agentIds.push(agentId);
    }
    const gaps = async () =>
      (await db().prisma.tickGap.findMany({ where: { agentId: { in: agentIds } }, orderBy: { fromTick: "asc" } })).map((g) => ({
        agent: agentIds.indexOf(g.agentId),
        from: (g.fromTick.getTime() - START) / HOUR_MS,
        to: (g.toTick.getTime() - START) / HOUR_MS,
        count: g.count,
      }));
    const told = async () => db().prisma.event.count({ where: { workspaceId: seeded.workspaceId, type: "agent/tick.missed" } });
    return { ...seeded, ...live, agentIds, gaps, told };
  }
  const byAgent = <T extends { agent: number }>(rows: readonly T[]): T[] => [...rows].sort((a, b) => a.agent - b.agent);

  it("are one gap for each agent and outage, which goes on when the next one follows it", async () => {
    const a = await opened(3);
    a.clock.time = START + 3 * HOUR_MS + 5 * MINUTE_MS;
    await a.scheduler.plan(HOUR_MS);
    expect(byAgent(await a.gaps())).toEqual([0, 1, 2].map((agent) => ({ agent, from: 1, to: 3, count: 3 })));
    expect(await a.told()).toBe(3);
    // The second agent runs the next tick, the others miss that one too.
    const tick = (await a.scheduler.plan(HOUR_MS)).find((t) => t.agentId === a.agentIds[1]);
    a.clock.time = START + 4 * HOUR_MS;
    if (tick) await a.runner.run(tick);
    a.clock.time = START + 5 * HOUR_MS + 5 * MINUTE_MS;
    await a.scheduler.plan(HOUR_MS);
    expect(byAgent(await a.gaps())).toEqual([
      { agent: 0, from: 1, to: 5, count: 5 },
      { agent: 1, from: 1, to: 3, count: 3 },
      { agent: 1, from: 5, to: 5, count: 1 },
      { agent: 2, from: 1, to: 5, count: 5 },
    ]);
    expect(await a.told()).toBe(6);
  });

  it("are written by one of two schedulers that see the same outage", async () => {
    const a = await opened(2);
    a.clock.time = START + 2 * HOUR_MS + 5 * MINUTE_MS;
    const store = new PrismaTickStore(db());
    const missed = (await store.running())
      .filter((agent) => a.agentIds.includes(agent.agentId))
      .map((agent) => ({ agent, gap: { from: START + HOUR_MS, to: START + 2 * HOUR_MS, count: 2, intervalMs: HOUR_MS } }));
    await Promise.all([store.recordGaps(missed), store.recordGaps(missed), a.scheduler.plan(HOUR_MS)]);
    expect(byAgent(await a.gaps())).toEqual([0, 1].map((agent) => ({ agent, from: 1, to: 2, count: 2 })));
    expect(await a.told()).toBe(2);
  });

  it("leave the order of agents to chance, the same on every machine, so that nobody always comes last", async () => {
    const a = await opened(12);
    const orders = new Set<string>();
    for (let hour = 0; hour < 6; hour++) {
      a.clock.time = START + hour * HOUR_MS;
      const at = START + (hour + 1) * HOUR_MS;
      const order = async () => (await a.scheduler.plan(HOUR_MS)).filter((t) => t.at === at).map((t) => a.agentIds.indexOf(t.agentId));
      const seen = await order();
      expect(seen).toHaveLength(12);
      expect(await order()).toEqual(seen);
      orders.add(seen.join(" "));
    }
    expect(orders.size).toBe(6);
  });
});
