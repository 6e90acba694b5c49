import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { InMemoryPaperAccountStore } from "@/server/adapters/exchanges/paper/in-memory-paper-account-store";
import { PaperExchangeClient } from "@/server/adapters/exchanges/paper/paper-exchange-client";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import { DomainError, fixed, HOUR_MS } from "@/server/shared";
import { describeDatabase } from "@/server/testing/database";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import type { PlaceOrder, VenueOrder } from "@/server/trading";

const START = Date.UTC(2026, 10, 2);

/** The paper venue with a person who may do something while an order is on its way, and whose wire to one account may be cut. */
class ScriptedVenue extends PaperExchangeClient {
  whileOnTheWay: (order: PlaceOrder) => Promise<void> = async () => {};
  cutOff: string | null = null;
  /** No price comes in: what is sent rests. */
  standsStill = false;
  constructor() {
    super({ feed: new SimulatedMarketFeed(7), store: new InMemoryPaperAccountStore() });
  }
  override async place(account: string, order: PlaceOrder, signal?: AbortSignal): Promise<VenueOrder> {
    await this.whileOnTheWay(order);
    return super.place(account, order, signal);
  }
  override async advanceTo(account: string, at: number): Promise<void> {
    if (!this.standsStill) await super.advanceTo(account, at);
  }
  override async executions(account: string, after: number) {
    if (account === this.cutOff) throw new DomainError("VENUE_UNAVAILABLE", "the venue does not answer", { kind: "unavailable" });
    return super.executions(account, after);
  }
}

async function opened(db: Database, names: readonly string[]) {
  const seeded = await seedWorkspace(db);
  const venue = new ScriptedVenue();
  const live = liveAgents(db, { start: START, exchange: venue });
  const agentIds: string[] = [];
  for (const name of names) {
    const { agentId } = await live.service.create(seeded.scope, {
      config: { ...TEST_CONFIG, name, decider: { kind: "rules", ruleSet: "trend-follow", params: { fast: 2, slow: 5, entryAtr: 0 } } },
      capital: fixed("10000"),
    });
    await live.service.start(seeded.scope, agentId);
    await live.scheduler.finishTransition(seeded.workspaceId, agentId);
    agentIds.push(agentId);
  }
  /** Runs tick after tick until `done`; the market decides when, so it is given up loudly. */
  const runUntil = async (done: () => Promise<boolean>) => {
    for (let i = 0; i < 120; i++) {
      const ticks = await live.scheduler.plan(HOUR_MS);
      const at = Math.min(...ticks.map((t) => t.wallAt));
      live.clock.time = at;
      for (const tick of ticks.filter((t) => t.wallAt === at)) await live.runner.run(tick);
      if (await done()) return;
    }
    throw new Error("it never came to that");
  };
  const holds = async (agentId: string) => (await live.orders.positions(agentId)).some((p) => p.quantity > 0n);
  return { ...seeded, ...live, venue, agentIds, runUntil, holds };
}

describeDatabase("the kill switch", (db) => {
  for (const who of ["agent", "workspace"] as const) {
    it(`leaves no order alive that was on its way to the venue when the ${who} was halted`, async () => {
      const a = await opened(db(), ["one"]);
      const agentId = a.agentIds[0] ?? "";
      let halted: PlaceOrder | null = null;
      a.venue.standsStill = true;
      a.venue.whileOnTheWay = async (order) => {
        if (halted) return;
        halted = order;
        await (who === "agent" ? a.service.kill(a.scope, { agentId, flatten: false }) : a.service.killWorkspace(a.scope, { flatten: false }));
      };
      await a.runUntil(async () => halted !== null);
      const id = (halted as PlaceOrder | null)?.clientOrderId ?? "";
      expect((await a.venue.find(agentId, id))?.status).toBe("cancelled");
      expect((await db().prisma.order.findUniqueOrThrow({ where: { id } })).status).toBe("cancelled");
      a.venue.standsStill = false;
      await a.venue.advanceTo(agentId, a.clock.time + HOUR_MS);
      expect(await a.venue.executions(agentId, 0)).toEqual([]);
      const held = await db().prisma.ledgerAccount.findMany({ where: { kind: "hold" } });
      expect(held.map((h) => Number(h.balance))).toEqual(held.map(() => 0));
    });
  }

  it("halts and flattens every other agent when the venue does not answer for one, and says so", async () => {
    const a = await opened(db(), ["one", "two", "three"]);
    await a.runUntil(async () => (await Promise.all(a.agentIds.map(a.holds))).every(Boolean));
    a.venue.cutOff = a.agentIds[0] ?? "";
    await expect(a.service.killWorkspace(a.scope, { flatten: true })).rejects.toMatchObject({ code: "VENUE_UNAVAILABLE" });
    const statuses = await db().prisma.agent.findMany({ select: { status: true, tradingState: true } });
    expect(statuses).toEqual(a.agentIds.map(() => ({ status: "halted", tradingState: "halted" })));
    const selling = await db().prisma.order.findMany({ where: { reduceOnly: true }, select: { agentId: true } });
    expect(selling.map((o) => o.agentId).toSorted()).toEqual(a.agentIds.slice(1).toSorted());
    // The venue is back: pressing again finishes the one that was left.
    a.venue.cutOff = null;
    a.clock.time += HOUR_MS;
    expect(await a.service.killWorkspace(a.scope, { flatten: true })).toMatchObject({ halted: 3 });
    a.clock.time += HOUR_MS;
    await a.service.killWorkspace(a.scope, { flatten: false });
    expect(await Promise.all(a.agentIds.map(a.holds))).toEqual([false, false, false]);
  });

  it("can be pressed twice, and a halted agent is resumed only by a person", async () => {
    const a = await opened(db(), ["one"]);
    const agentId = a.agentIds[0] ?? "";
    await a.service.kill(a.scope, { agentId, flatten: true });
    expect(await a.service.kill(a.scope, { agentId, flatten: true })).toEqual({ status: "halted", turnId: null });
    expect(await a.scheduler.plan(24 * HOUR_MS)).toEqual([]);
    await expect(a.service.start(a.scope, agentId)).rejects.toMatchObject({ code: "INVALID_AGENT_TRANSITION" });
    expect(await a.service.resume(a.scope, agentId)).toEqual({ status: "stopped" });
    const audit = await db().prisma.auditEntry.findMany({ where: { action: "agent.halt" } });
    expect(audit).toHaveLength(2);
  });
});
