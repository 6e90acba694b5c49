import { type Clocks, DomainError } from "@/server/shared";
import { type ExchangeClient, isTerminal, transitionOrder, type VenueOrder } from "@/server/trading";
import type { Agent } from "../../types";
import type { CrashPoints, OrderRow, OrderStore, TurnLease } from "./ports";
import { follow, syncAccount } from "./sync-account";

export type ExecutePorts = {
  readonly exchange: ExchangeClient;
  readonly orders: OrderStore;
  readonly clocks: Clocks;
  readonly points: CrashPoints;
  readonly sleep: (ms: number) => Promise<void>;
};

/** An order is sent with this deadline; a venue that has never heard of it this long after is asked no more (wall ms). */
export const SEND_TIMEOUT_MS = 10_000;
export const LOST_AFTER_MS = 5_000;
const ASK_EVERY_MS = 500;

/**
 * Sends each intended order once and follows it. After `sending` was written only queries are made: an order whose fate is unknown
 * is looked up until the venue knows it or LOST_AFTER_MS have passed, and is never sent again.
 */
export async function executeOrders(ports: ExecutePorts, lease: TurnLease, agent: Agent, orders: readonly OrderRow[], at: number): Promise<void> {
  for (const order of orders) {
    if (order.status === "intended") await sendOnce(ports, lease, agent, order, at);
    else if (order.status === "sending") await resolve(ports, agent, order, at);
  }
  await recallIfHalted(ports, lease, agent, orders, at);
  await syncAccount(ports, agent, Math.max(at, ports.clocks.market.now()));
}

/**
 * A halt that fell between `sending` and the venue's answer found nothing to cancel at the venue: whoever sent the order takes it back.
 * A halt from here on sees the order there and cancels it itself. What was filled meanwhile stays filled.
 */
async function recallIfHalted(ports: ExecutePorts, lease: TurnLease, agent: Agent, orders: readonly OrderRow[], at: number): Promise<void> {
  if (orders.every((o) => o.reduceOnly) || !(await ports.orders.halted(agent.id))) return;
  for (const order of await ports.orders.ofTurn(lease.turnId)) {
    if (order.reduceOnly || order.status === "intended" || isTerminal(order.status)) continue;
    await ports.exchange.cancel(agent.id, order.clientOrderId, Math.max(at, ports.clocks.market.now()), AbortSignal.timeout(SEND_TIMEOUT_MS));
  }
}

async function sendOnce(ports: ExecutePorts, lease: TurnLease, agent: Agent, order: OrderRow, at: number): Promise<void> {
  const sentAt = ports.clocks.wall.now();
  const begun = await ports.orders.beginSending(lease, order, sentAt);
  if (begun === "lost-lease") throw new DomainError("LEASE_LOST", "another process took this turn over", { kind: "conflict" });
  if (begun === "halted") {
    await ports.orders.finish(
      agent.workspaceId,
      agent,
      order,
      transitionOrder(order.status, "cancel"),
      "Trading was halted before this order was sent.",
      at,
    );
    return;
  }
  if (begun === "already") return;
  const sending: OrderRow = { ...order, status: "sending", sentAt };
  await ports.points.hit("before-send");
  let answer: VenueOrder;
  try {
    answer = await ports.exchange.place(agent.id, { ...order, at }, AbortSignal.timeout(SEND_TIMEOUT_MS));
  } catch (error) {
    if (error instanceof DomainError && error.code === "ORDER_REJECTED") {
      await ports.orders.finish(agent.workspaceId, agent, sending, transitionOrder("sending", "reject"), error.message, at);
      return;
    }
    // Whatever else went wrong, the venue may have the order.
    await resolve(ports, agent, sending, at);
    return;
  }
  await ports.points.hit("after-send");
  await follow(ports, agent, sending, answer, at);
  await ports.points.hit("after-acknowledge");
}

/** The fate of an order that may or may not have reached the venue. Throws VENUE_UNAVAILABLE while the venue cannot be asked. */
async function resolve(ports: ExecutePorts, agent: Agent, order: OrderRow, at: number): Promise<void> {
  const until = (order.sentAt ?? ports.clocks.wall.now()) + LOST_AFTER_MS;
  for (;;) {
    const found = await ports.exchange.find(agent.id, order.clientOrderId, AbortSignal.timeout(SEND_TIMEOUT_MS));
    if (found) return follow(ports, agent, order, found, at);
    if (ports.clocks.wall.now() >= until) break;
    await ports.sleep(ASK_EVERY_MS);
  }
  await ports.orders.finish(
    agent.workspaceId,
    agent,
    order,
    transitionOrder(order.status, "lose"),
    "The venue has never heard of this order; it is not sent again.",
    at,
  );
}
