import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { PrismaTurnStore } from "@/server/adapters/db/prisma-turn-store";
import { fixed, HOUR_MS } from "@/server/shared";
import { countStatements, describeDatabase } from "@/server/testing/database";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";

const START = Date.UTC(2026, 10, 2);

async function runningAgent(db: Database) {
  const seeded = await seedWorkspace(db);
  const live = liveAgents(db, { start: START });
  const { agentId } = await live.service.create(seeded.scope, { config: TEST_CONFIG, capital: fixed("10000") });
  await live.service.start(seeded.scope, agentId);
  expect(await live.scheduler.finishTransition(seeded.workspaceId, agentId)).toMatchObject({ status: "running" });
  return { ...seeded, ...live, agentId };
}

/** The next planned tick, at its time. */
async function nextTick(a: Awaited<ReturnType<typeof runningAgent>>) {
  const [tick] = await a.scheduler.plan(HOUR_MS);
  if (!tick) throw new Error("no tick was planned");
  a.clock.time = tick.wallAt;
  return tick;
}

async function assertBooks(db: Database) {
  const sums = await db.raw.query<{ currency: string; total: string }>(
    `SELECT currency, sum(amount)::text AS total FROM "Posting" GROUP BY currency`,
  );
  for (const s of sums) expect(Number(s.total), s.currency).toBe(0);
  const wrong = await db.raw.query(
    `SELECT a.id FROM "LedgerAccount" a LEFT JOIN (SELECT "accountId", sum(amount) AS s FROM "Posting" GROUP BY 1) p ON p."accountId" = a.id WHERE a.balance <> coalesce(p.s, 0)`,
  );
  expect(wrong).toEqual([]);
  const unposted = await db.raw.query(`SELECT f.id FROM "Fill" f LEFT JOIN "LedgerTransaction" t ON t.id = f."transactionId" WHERE t.id IS NULL`);
  expect(unposted).toEqual([]);
}

describeDatabase("a turn", (db) => {
  it("runs from its tick to a settled outcome, with orders, fills and balanced books", async () => {
    const a = await runningAgent(db());
    let statements = 0;
    for (let i = 0; i < 60; i++) {
      const tick = await nextTick(a);
      const { result, count } = await countStatements(db(), () => a.runner.run(tick));
      expect(result.phase).toBe("executing");
      const orders = await a.orders.ofTurn(result.turnId);
      if (orders.length === 1) statements = Math.max(statements, count);
    }
    const fills = await db().prisma.fill.count();
    expect(fills).toBeGreaterThan(0);
    expect(statements).toBeGreaterThan(0);
    // The paper venue keeps its books in memory here, as a real venue keeps its own: all of these are the product's.
    expect(statements).toBeLessThanOrEqual(19);
    a.clock.time += 2 * HOUR_MS;
    expect(await a.runner.settleDue()).toEqual({ settled: 60 });
    const phases = await db().prisma.turn.groupBy({ by: ["phase"], _count: { _all: true } });
    expect(phases).toEqual([{ phase: "settled", _count: { _all: 60 } }]);
    await assertBooks(db());
  });

  it("makes one order of one tick, however often it is run", async () => {
    const a = await runningAgent(db());
    for (let i = 0; i < 40; i++) {
      const tick = await nextTick(a);
      await Promise.allSettled([a.runner.run(tick), a.runner.run(tick), a.runner.run(tick)]);
      await a.runner.run(tick);
    }
    const orders = await db().prisma.order.groupBy({ by: ["turnId"], _count: { _all: true } });
    expect(orders.length).toBeGreaterThan(0);
    for (const o of orders) expect(o._count._all).toBe(1);
    expect(await db().prisma.turn.count()).toBe(40);
    await assertBooks(db());
  });

  it("stays settled when somebody who was still at its orders comes back", async () => {
    const a = await runningAgent(db());
    const tick = await nextTick(a);
    const { turnId } = await a.runner.run(tick);
    const options = { owner: "late", leaseMs: 10 * HOUR_MS, build: "test", late: () => false, passedOver: () => null };
    const claim = await a.turns.claim(tick, options);
    if (claim.kind !== "claimed") throw new Error("the turn could not be claimed");
    a.clock.time += 2 * HOUR_MS;
    expect(await a.runner.settle(a.workspaceId, turnId)).toEqual({ phase: "settled" });
    await expect(a.turns.setPhase(claim.lease, "executing", null, [])).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect(await a.turns.find(a.workspaceId, turnId)).toMatchObject({ phase: "settled" });
    expect(await a.runner.settleDue()).toEqual({ settled: 0 });
  });

  it("is held by the database's clock, whatever the processes take the time to be", async () => {
    const a = await runningAgent(db());
    const turns = new PrismaTurnStore(db());
    const tick = await nextTick(a);
    const of = (owner: string) => ({ owner, leaseMs: 60_000, build: "test", late: () => false, passedOver: () => null });
    const claim = await turns.claim(tick, of("one"));
    if (claim.kind !== "claimed") throw new Error("the turn could not be claimed");
    // Another machine's clock is a year ahead: nothing has lapsed.
    a.clock.time += 8_760 * HOUR_MS;
    expect(await turns.claim(tick, of("two"))).toEqual({ kind: "busy" });
    expect(await turns.abandoned({ limit: 10 })).toEqual([]);
    // Or years behind: what has lapsed has.
    a.clock.time = 0;
    await db().raw.exec(`UPDATE "Turn" SET "leaseUntil" = clock_timestamp() - interval '1 second'`);
    expect((await turns.abandoned({ limit: 10 })).map((t) => t.tickId)).toEqual([tick.tickId]);
    expect(await turns.claim(tick, of("two"))).toMatchObject({ kind: "claimed", lease: { fence: claim.lease.fence + 1 } });
    await expect(turns.setPhase(claim.lease, "executing", null, [])).rejects.toMatchObject({ code: "LEASE_LOST" });
  });

  it("is given up when its process has stopped and the next decision comes first: two never decide beside each other", async () => {
    const a = await runningAgent(db());
    const tick = await nextTick(a);
    const options = { owner: "gone", leaseMs: 60_000, build: "test", late: () => false, passedOver: () => null };
    const claim = await a.turns.claim(tick, options);
    if (claim.kind !== "claimed") throw new Error("the turn could not be claimed");
    const next = await nextTick(a);
    expect(await a.runner.run(next)).toMatchObject({ phase: "executing" });
    expect(await a.turns.find(a.workspaceId, claim.lease.turnId)).toMatchObject({ phase: "failed" });
    await expect(a.turns.setPhase(claim.lease, "executing", null, [])).rejects.toMatchObject({ code: "LEASE_LOST" });
    expect(await a.runner.abandoned(10)).toEqual([]);
    expect(await a.runner.run(tick)).toMatchObject({ phase: "failed" });
  });

  it("never runs a missed tick late, and shows the outage as one gap", async () => {
    const a = await runningAgent(db());
    const missed = await nextTick(a);
    a.clock.time += 5 * HOUR_MS + 10 * 60_000;
    expect(await a.runner.run(missed)).toMatchObject({ phase: "skipped" });
    await a.scheduler.plan(70_000);
    await a.scheduler.plan(70_000);
    const gaps = await db().prisma.tickGap.findMany();
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ count: 6, fromTick: new Date(missed.at) });
    expect(await db().prisma.turn.count()).toBe(0);
  });

  it("shows the ticks between two runs as a gap, though no scheduler looked in between", async () => {
    const a = await runningAgent(db());
    const first = await nextTick(a);
    await a.runner.run(first);
    const at = first.at + 4 * HOUR_MS;
    const second = { ...first, at, tickId: `s:${at}` };
    a.clock.time = at;
    await a.runner.run(second);
    await a.scheduler.plan(70_000);
    const gaps = await db().prisma.tickGap.findMany();
    expect(gaps).toHaveLength(1);
    expect(gaps[0]).toMatchObject({ count: 3, fromTick: new Date(first.at + HOUR_MS), toTick: new Date(second.at - HOUR_MS) });
  });

  it("plans the tick whose time has come but may still begin, and none that has run", async () => {
    const a = await runningAgent(db());
    const first = await nextTick(a);
    await a.runner.run(first);
    a.clock.time = first.at + HOUR_MS + 20_000;
    const [planned] = await a.scheduler.plan(1_000);
    expect(planned?.at).toBe(first.at + HOUR_MS);
    if (planned) expect(await a.runner.run(planned)).toMatchObject({ phase: "executing" });
    expect(await a.scheduler.plan(1_000)).toEqual([]);
    a.clock.time += HOUR_MS + 60_000;
    expect(await a.scheduler.plan(1_000)).toEqual([]);
    expect(await db().prisma.tickGap.findMany()).toMatchObject([{ count: 1 }]);
  });

  it("takes an edited interval for no outage", async () => {
    const a = await runningAgent(db());
    await a.runner.run(await nextTick(a));
    a.clock.time += 30 * 60_000;
    const { config, configVersion } = await a.agents.get(a.scope, a.agentId);
    const trigger = { kind: "interval", interval: "1m" } as const;
    await a.service.update(a.scope, { agentId: a.agentId, expectedVersion: configVersion, config: { ...config, trigger } });
    expect(await a.scheduler.plan(70_000)).not.toEqual([]);
    expect(await db().prisma.tickGap.findMany()).toEqual([]);
  });

  it("halts at once and sells everything without a scheduler", async () => {
    const a = await runningAgent(db());
    for (let i = 0; i < 80; i++) {
      await a.runner.run(await nextTick(a));
      if ((await a.orders.positions(a.agentId)).some((p) => p.quantity > 0n)) break;
    }
    expect((await a.orders.positions(a.agentId)).some((p) => p.quantity > 0n)).toBe(true);
    a.clock.time += 60_000;
    const killed = await a.service.kill(a.scope, { agentId: a.agentId, flatten: true });
    expect(killed.status).toBe("halted");
    expect(killed.turnId).not.toBeNull();
    a.clock.time += 3 * 60_000;
    await a.runner.settle(a.workspaceId, killed.turnId ?? "");
    a.clock.time += HOUR_MS;
    await a.runner.settleDue();
    expect((await a.orders.positions(a.agentId)).every((p) => p.quantity === 0n)).toBe(true);
    await assertBooks(db());
    await expect(a.service.decideNow(a.scope, { agentId: a.agentId, key: "after-halt" })).rejects.toMatchObject({ code: "AGENT_HALTED" });
  });
});
