import { expect, it } from "vitest";
import type { Database } from "@/server/adapters/db/database";
import { InMemoryPaperAccountStore } from "@/server/adapters/exchanges/paper/in-memory-paper-account-store";
import { PaperExchangeClient } from "@/server/adapters/exchanges/paper/paper-exchange-client";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import { type CrashPoint, type CrashPoints, turnCode } from "@/server/agents";
import { fixed, HOUR_MS, MINUTE_MS } from "@/server/shared";
import { findBookErrors } from "@/server/testing/book-errors";
import { describeDatabase } from "@/server/testing/database";
import { decides } from "@/server/testing/fixed-decision";
import { liveAgents, TEST_CONFIG } from "@/server/testing/live-agents";
import { seedWorkspace } from "@/server/testing/seed-workspace";
import type { ExchangeClient } from "@/server/trading";
import { LOST_AFTER_MS, SEND_WITHIN_MS } from "./execute-orders";

const START = Date.UTC(2026, 10, 2, 1);
const BUY = { action: "buy", size: { unit: "quote", amount: "300" } } as const;
const LEASES_PAST = 10 * MINUTE_MS;

/** Two processes over one database, one venue and one clock; the first one calls `when` at every point of its turn. */
async function twoProcesses(db: Database, when: (point: CrashPoint, other: () => Promise<unknown>, clock: { time: number }) => Promise<void>) {
  const { scope, workspaceId } = await seedWorkspace(db);
  const placed: string[] = [];
  const venue = new PaperExchangeClient({ feed: new SimulatedMarketFeed(7), store: new InMemoryPaperAccountStore() });
  const exchange: ExchangeClient = Object.assign(Object.create(venue) as ExchangeClient, {
    venue: venue.venue,
    place: (...args: Parameters<ExchangeClient["place"]>) => {
      placed.push(args[1].clientOrderId);
      return venue.place(...args);
    },
  });
  for (const name of ["instrument", "cancel", "find", "executions", "advanceTo", "balances", "transfer"] as const)
    Object.assign(exchange, { [name]: venue[name].bind(venue) });
  const code = { ...turnCode("test"), decideByRules: decides(BUY) };
  const points: CrashPoints = { hit: async (point) => when(point, decideElsewhere, first.clock) };
  const first = liveAgents(db, { start: START, exchange, code, points, owner: "first" });
  const told: (() => void)[] = [];
  const second = liveAgents(db, {
    start: START,
    exchange,
    code,
    owner: "second",
    points: {
      hit: async (point) => {
        if (point === "before-commit") for (const tell of told.splice(0)) tell();
      },
    },
    sleep: async () => {
      for (const tell of told.splice(0)) tell();
      await new Promise((done) => setTimeout(done, 50));
    },
  });
  /** Resolves when the second process has decided something, or waits for something. */
  const secondDecidesOrWaits = () => new Promise<void>((done) => told.push(done));
  const { agentId } = await first.service.create(scope, { config: TEST_CONFIG, capital: fixed("1000") });
  const request = { workspaceId, agentId, tickId: "m:one", at: START, trigger: { kind: "manual" as const, eventId: "one", actorId: "person" } };
  const decideElsewhere = async () => {
    second.clock.time = first.clock.time;
    return second.runner.run(request);
  };
  const orders = () => db.prisma.order.findMany({ where: { agentId }, orderBy: { createdAt: "asc" } });
  return { first, second, scope, workspaceId, agentId, request, placed, orders, venue, secondDecidesOrWaits };
}

describeDatabase("a sender that was held up", (db) => {
  it("sends nothing after its time, whatever another process has made of the order meanwhile", async () => {
    const world = await twoProcesses(db(), async (point, other, clock) => {
      if (point !== "before-send") return;
      clock.time += LEASES_PAST;
      await other();
    });
    await world.first.runner.run(world.request).catch((error: unknown) => expect(error).toMatchObject({ code: "LEASE_LOST" }));
    expect(world.placed).toEqual([]);
    expect((await world.orders()).map((o) => o.status)).toEqual(["lost"]);
    expect(await findBookErrors(db(), world.workspaceId)).toEqual([]);
  });

  it("sends nothing either when nobody has noticed, and its money is free again", async () => {
    const world = await twoProcesses(db(), async (point, _, clock) => {
      if (point === "before-send") clock.time += SEND_WITHIN_MS + 1;
    });
    await world.first.runner.run(world.request);
    expect(world.placed).toEqual([]);
    expect(await world.orders()).toMatchObject([{ status: "cancelled", reason: expect.stringContaining("held up") }]);
    expect(await findBookErrors(db(), world.workspaceId)).toEqual([]);
  });

  it("sends once when it was not held up for long", async () => {
    const world = await twoProcesses(db(), async (point, _, clock) => {
      if (point === "before-send") clock.time += SEND_WITHIN_MS - 1;
    });
    await world.first.runner.run(world.request);
    expect(world.placed).toHaveLength(1);
  });

  it("does not get the price of a bar that has passed while it was deciding", async () => {
    const slow = async (wait: number) => {
      const world = await twoProcesses(db(), async (point, _, clock) => {
        if (point === "after-commit") clock.time += wait;
      });
      await world.first.runner.run(world.request);
      await world.venue.advanceTo(world.agentId, START + 10 * MINUTE_MS);
      return (await world.venue.executions(world.agentId, 0))[0]?.at;
    };
    expect(await slow(20_000)).toBe(START);
    expect(await slow(3 * MINUTE_MS + 20_000)).toBe(START + 4 * MINUTE_MS);
  });

  it("leaves others time to hear of what it sent: an order is counted as lost later than it may be sent", () => {
    expect(LOST_AFTER_MS).toBeGreaterThan(SEND_WITHIN_MS);
  });
});

describeDatabase("an order that was given up for lost and turns up at the venue", (db) => {
  it("is taken back, and what was filled of it is booked; the agent goes on", async () => {
    // The request is on its way for so long that another process gives the order up; then the venue takes it.
    const world = await twoProcesses(db(), async () => {});
    const { first, second, venue, agentId } = world;
    let late: (() => Promise<unknown>) | null = null;
    const exchange = first.exchange as { place: ExchangeClient["place"] };
    exchange.place = async (...args) => {
      late = () => venue.place(...args);
      first.clock.time += LEASES_PAST;
      second.clock.time = first.clock.time;
      await second.runner.run(world.request);
      throw new Error("the connection broke");
    };
    await first.runner.run(world.request).catch((error: unknown) => expect(error).toMatchObject({ code: "LEASE_LOST" }));
    expect((await world.orders()).map((o) => o.status)).toEqual(["lost"]);
    await (late as unknown as () => Promise<unknown>)();
    await venue.advanceTo(agentId, first.clock.time + MINUTE_MS);

    second.clock.time += HOUR_MS;
    exchange.place = venue.place.bind(venue);
    await second.runner.run({ ...world.request, tickId: "m:two", at: second.clock.time, trigger: { kind: "manual", eventId: "two", actorId: "p" } });
    second.clock.time += 5 * MINUTE_MS;
    await second.runner.run({
      ...world.request,
      tickId: "m:three",
      at: second.clock.time,
      trigger: { kind: "manual", eventId: "three", actorId: "p" },
    });
    const [order] = await world.orders();
    expect(["filled", "cancelled"]).toContain(order?.status);
    expect(await db().prisma.fill.count({ where: { orderId: order?.id ?? "" } })).toBe(
      (await venue.executions(agentId, 0)).filter((e) => e.clientOrderId === order?.id).length,
    );
    expect(await findBookErrors(db(), world.workspaceId)).toEqual([]);
  });
});

describeDatabase("selling everything while a buy is being sent", (db) => {
  it("waits for the buy's fate and sells what it became", async () => {
    const world = await twoProcesses(db(), async () => {});
    const { first, second, venue, agentId, scope } = world;
    const exchange = first.exchange as { place: ExchangeClient["place"] };
    let flattened: Promise<unknown> | null = null;
    exchange.place = async (account, order, signal) => {
      if (order.side === "sell") return venue.place(account, order, signal);
      // The person halts in the very moment in which the buy is on its way; it arrives and is filled at once.
      const decided = world.secondDecidesOrWaits();
      flattened = second.service.kill(scope, { agentId, flatten: true });
      await decided;
      const answer = await venue.place(account, order, signal);
      await venue.advanceTo(account, first.clock.time + MINUTE_MS);
      return answer;
    };
    await first.runner.run(world.request);
    await flattened;
    second.clock.time += 5 * MINUTE_MS;
    await second.runner.settle(world.workspaceId, (await db().prisma.turn.findFirstOrThrow({ where: { agentId, action: "close" } })).id);
    const positions = await db().prisma.position.findMany({ where: { agentId } });
    expect(
      positions.every((p) => Number(p.quantity) < 0.0001),
      JSON.stringify(positions),
    ).toBe(true);
    expect(await db().prisma.fill.count({ where: { agentId, side: "buy" } })).toBeGreaterThan(0);
    expect(await findBookErrors(db(), world.workspaceId)).toEqual([]);
  });
});
