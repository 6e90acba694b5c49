import { INTERVAL_MS, type MarketFeed } from "@/server/market";
import { type Clocks, DomainError } from "@/server/shared";
import { type ExchangeClient, transitionOrder, type VenueOrder } from "@/server/trading";
import type { StandingHalts } from "../../standing-halts";
import type { Agent } from "../../types";
import type { CrashPoints, OrderRow, OrderStore, TurnLease } from "./ports";
import { follow, syncAccount } from "./sync-account";

export type ExecutePorts = {
  readonly exchange: ExchangeClient;
  readonly feed: Pick<MarketFeed, "symbols">;
  readonly orders: OrderStore;
  readonly clocks: Clocks;
  readonly points: CrashPoints;
  readonly sleep: (ms: number) => Promise<void>;
  /** Halts of this process that may not be stored yet. */
  readonly halts?: StandingHalts;
};

/** An order is sent with this deadline; a venue that has never heard of it this long after is asked no more (wall ms). */
export const SEND_TIMEOUT_MS = 10_000;
export const LOST_AFTER_MS = 5_000;
/** A process that was held up this long between writing `sending` and sending does not send: others may soon count the order as lost (wall ms). */
export const SEND_WITHIN_MS = 2_000;
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
  await syncAccount(ports, agent, Math.max(at, ports.clocks.market.now()));
}

/**
 * Market time an order is sent with (ms): the tick's own while the base bar that opened then is still the current one, as in a backtest;
 * the present when a slow model or a restart has let that bar pass. A price that is gone cannot be had any more.
 */
function sendingTime({ feed, clocks }: ExecutePorts, order: OrderRow, at: number): number {
  const base = INTERVAL_MS[feed.symbols().find((s) => s.symbol === order.symbol)?.baseInterval ?? "1m"];
  const now = clocks.market.now();
  return Math.floor(now / base) > Math.floor(at / base) ? now : at;
}

async function sendOnce(ports: ExecutePorts, lease: TurnLease, agent: Agent, order: OrderRow, at: number): Promise<void> {
  const sentAt = ports.clocks.wall.now();
  const begun = isHeldBack(ports, agent, order) ? "halted" : await ports.orders.beginSending(lease, order, sentAt);
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
  const heldUp = ports.clocks.wall.now() - sentAt;
  // A clock that was set back meanwhile cannot tell how long it was: that counts as too long.
  if (heldUp > SEND_WITHIN_MS || heldUp < 0) {
    await ports.orders.finish(
      agent.workspaceId,
      agent,
      sending,
      transitionOrder("sending", "cancel"),
      "This process was held up before it could send the order; it was not sent.",
      at,
    );
    return;
  }
  // A halt of this very process needs no database: it is asked for last.
  if (isHeldBack(ports, agent, order)) {
    const reason = "Trading was halted before this order was sent.";
    await ports.orders.finish(agent.workspaceId, agent, sending, transitionOrder("sending", "cancel"), reason, at);
    return;
  }
  let answer: VenueOrder;
  try {
    answer = await ports.exchange.place(agent.id, { ...order, at: sendingTime(ports, order, at) }, AbortSignal.timeout(SEND_TIMEOUT_MS));
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

const isHeldBack = (ports: ExecutePorts, agent: Agent, order: OrderRow): boolean =>
  !order.reduceOnly && (ports.halts?.holds(agent.workspaceId, agent.id) ?? false);

/** Settles the fate of orders that somebody is sending, or died sending: what is sold afterwards counts what they bought. */
export async function resolveSending(ports: ExecutePorts, agent: Agent, at: number): Promise<void> {
  for (const order of await ports.orders.live(agent.id)) if (order.status === "sending") await resolve(ports, agent, order, at);
}

/** The fate of an order that may or may not have reached the venue. Throws VENUE_UNAVAILABLE while the venue cannot be asked. */
async function resolve(ports: ExecutePorts, agent: Agent, order: OrderRow, at: number): Promise<void> {
  const until = (order.sentAt ?? ports.clocks.wall.now()) + LOST_AFTER_MS;
  for (let asked = 1; ; asked++) {
    const found = await ports.exchange.find(agent.id, order.clientOrderId, AbortSignal.timeout(SEND_TIMEOUT_MS));
    if (found) return follow(ports, agent, order, found, at);
    // So many pauses are as long by themselves: a clock that was set back must not make a kill switch wait for hours.
    if (ports.clocks.wall.now() >= until || asked > LOST_AFTER_MS / ASK_EVERY_MS) break;
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
