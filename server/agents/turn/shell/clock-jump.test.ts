import { describe, expect, it } from "vitest";
import { InMemoryPaperAccountStore } from "@/server/adapters/exchanges/paper/in-memory-paper-account-store";
import { PaperExchangeClient } from "@/server/adapters/exchanges/paper/paper-exchange-client";
import { SimulatedMarketFeed } from "@/server/adapters/market/simulated-market-feed";
import type { OrderRow } from "@/server/agents";
import { systemScope } from "@/server/auth/scope";
import { depositDraft } from "@/server/ledger";
import { fixed, HOUR_MS, hashId, ZERO } from "@/server/shared";
import { TEST_CONFIG, TestClock } from "@/server/testing/live-agents";
import { MemoryAgentStore } from "@/server/testing/simulation/memory-agent-store";
import { MemoryBooks, type StoredOrder } from "@/server/testing/simulation/memory-books";
import { MemoryOrderStore } from "@/server/testing/simulation/memory-order-store";
import { executeOrders, LOST_AFTER_MS } from "./execute-orders";
import type { CrashPoint } from "./ports";

const START = Date.UTC(2026, 10, 2, 1);

/** One order of one agent, about to be carried out. */
async function oneOrder(status: OrderRow["status"]) {
  const workspaceId = hashId("workspace");
  const treasuryNodeId = hashId("treasury");
  const books = new MemoryBooks({ id: workspaceId, treasuryNodeId, limits: TEST_CONFIG.limits, tradingState: "active", dailyModelCap: fixed("1") });
  const amount = fixed("1000");
  books.ledger.postNow(workspaceId, depositDraft({ key: "deposit", at: START, currency: "USDT", nodeId: treasuryNodeId, amount }));
  const agents = new MemoryAgentStore(books);
  const agent = await agents.insert(systemScope(workspaceId), { config: TEST_CONFIG, capital: amount, treasury: await agents.treasury(), at: START });
  const feed = new SimulatedMarketFeed(7);
  const exchange = new PaperExchangeClient({ feed, store: new InMemoryPaperAccountStore() });
  await exchange.transfer(agent.id, "USDT", amount, "initial");
  const clock = new TestClock(START);
  const lease = { workspaceId, agentId: agent.id, turnId: hashId("turn"), fence: 1 };
  books.turns.set(lease.turnId, {
    ...{ ...lease, id: lease.turnId, tickId: "m:1", at: START, trigger: { kind: "manual", eventId: "1", actorId: "person" }, phase: "intended" },
    ...{ leaseOwner: "one", leaseUntil: START + HOUR_MS, settleAt: START, symbol: null, inputs: null, replies: [] },
  });
  const id = hashId("order");
  const order: StoredOrder = {
    ...{ id, clientOrderId: id, workspaceId, agentId: agent.id, turnId: lease.turnId, leg: 0, status, createdAt: START, reason: null },
    ...{ symbol: "BTC/USDT", side: "buy", type: "market", quantity: fixed("0.001"), limitPrice: null, reduceOnly: false, expiresAt: null },
    ...{ filledQuantity: ZERO, filledNotional: ZERO, heldAmount: ZERO, heldCurrency: null, sentAt: status === "sending" ? START : null },
  };
  books.orders.set(id, order);
  const carryOut = async (during: { point?: (point: CrashPoint) => void; sleep?: (ms: number) => void }) => {
    const ports = { exchange, feed, orders: new MemoryOrderStore(books), clocks: { wall: clock, market: clock } };
    const points = { hit: async (point: CrashPoint) => during.point?.(point) };
    await executeOrders({ ...ports, points, sleep: async (ms) => during.sleep?.(ms) }, lease, agent, [order], START);
    return books.orders.get(id)?.status;
  };
  return { clock, carryOut, atVenue: () => exchange.find(agent.id, id) };
}

describe("a wall clock that jumps while orders are carried out", () => {
  it("does not wait for an answer until a clock that was set back has caught up", async () => {
    const { clock, carryOut } = await oneOrder("sending");
    let slept = 0;
    clock.time = START - 3 * HOUR_MS;
    const sleep = (ms: number): void => {
      slept += ms;
      clock.time += ms;
      expect(slept).toBeLessThan(10 * LOST_AFTER_MS);
    };
    expect(await carryOut({ sleep })).toBe("lost");
    expect(slept).toBeGreaterThanOrEqual(LOST_AFTER_MS);
  });

  it("does not send when the clock went back between writing and sending: nobody knows how long that was", async () => {
    const { clock, carryOut, atVenue } = await oneOrder("intended");
    const point = (at: CrashPoint): void => {
      if (at === "before-send") clock.time -= HOUR_MS;
    };
    expect(await carryOut({ point })).toBe("cancelled");
    expect(await atVenue()).toBeNull();
  });

  it("sends as ever when the clock stands still", async () => {
    const { carryOut, atVenue } = await oneOrder("intended");
    expect(await carryOut({})).toBe("filled");
    expect(await atVenue()).toMatchObject({ status: "filled" });
  });
});
