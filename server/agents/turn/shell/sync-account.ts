import { type ExchangeClient, isTerminal, type OrderEvent, transitionOrder, type VenueOrder } from "@/server/trading";
import type { Agent } from "../../types";
import { type CrashPoints, NO_CRASH, type OrderRow, type OrderStore, type PostedExecutions } from "./ports";

type Ports = { readonly exchange: ExchangeClient; readonly orders: OrderStore; readonly points?: CrashPoints };

/**
 * Brings the product's books up to the venue's at market time `at`: the market moves on, new executions become fills, orders the
 * venue has ended are ended here. Idempotent; only queries, nothing is ever sent. Returns how many fills are new.
 */
export async function syncAccount(ports: Ports, agent: Agent, at: number): Promise<number> {
  const { live, lost, cursor, halted } = await ports.orders.account(agent.id);
  const open = live.filter((o) => o.status !== "intended");
  if (open.length === 0 && lost.length === 0) return 0;
  const found = await findLost(ports, agent, lost, at);
  // A halt that fell between `sending` and the venue's answer found nothing to cancel at the venue: whoever comes next takes it back.
  if (halted) for (const order of open.filter((o) => !o.reduceOnly)) await ports.exchange.cancel(agent.id, order.clientOrderId, at);
  await ports.exchange.advanceTo(agent.id, at);
  await (ports.points ?? NO_CRASH).hit("before-fills");
  const posted = await postAfter(ports, agent, cursor);
  for (const before of [...open, ...found]) {
    const order = posted.orders.find((o) => o.id === before.id) ?? before;
    if (order.status !== "open" && order.status !== "partially_filled") continue;
    const venue = await ports.exchange.find(agent.id, order.clientOrderId);
    if (venue) await follow(ports, agent, order, venue, at);
  }
  await (ports.points ?? NO_CRASH).hit("after-fills");
  return posted.count;
}

/** Orders given up that the venue knows after all: nobody wants them any more, so they are taken back; what was filled is booked. */
async function findLost(ports: Ports, agent: Agent, lost: readonly OrderRow[], at: number): Promise<readonly OrderRow[]> {
  const found: OrderRow[] = [];
  for (const order of lost) {
    if (!(await ports.exchange.find(agent.id, order.clientOrderId))) continue;
    await ports.exchange.cancel(agent.id, order.clientOrderId, at);
    const status = transitionOrder(order.status, "acknowledge");
    await ports.orders.setStatus(agent.workspaceId, order, status, "Given up for lost, found at the venue afterwards and taken back.");
    found.push({ ...order, status });
  }
  return found;
}

/** Executions past the stored cursor, posted once. Returns how many were new. */
export async function postNewFills(ports: Ports, agent: Agent): Promise<number> {
  return (await postAfter(ports, agent, await ports.orders.cursor(agent.id))).count;
}

async function postAfter(ports: Ports, agent: Agent, cursor: number): Promise<PostedExecutions> {
  const executions = await ports.exchange.executions(agent.id, cursor);
  return executions.length === 0 ? { count: 0, orders: [] } : ports.orders.postExecutions(agent, ports.exchange.venue.id, executions);
}

const EVENT_OF: Readonly<Record<VenueOrder["status"], OrderEvent | null>> = {
  open: "acknowledge",
  // Fills move the order when they are posted, not when the venue mentions them.
  partially_filled: null,
  filled: null,
  cancelled: "cancel",
  expired: "expire",
  rejected: "reject",
};

/** Takes over what the venue says of an order: acknowledged, or ended without a further fill. */
export async function follow(ports: Ports, agent: Agent, order: OrderRow, venue: VenueOrder, at: number): Promise<void> {
  if (isTerminal(order.status)) return;
  const event = EVENT_OF[venue.status];
  if (event === null) {
    if (order.status === "sending") await ports.orders.setStatus(agent.workspaceId, order, transitionOrder(order.status, "acknowledge"), null);
    return;
  }
  if (event === "acknowledge") {
    if (order.status === "sending") await ports.orders.setStatus(agent.workspaceId, order, transitionOrder(order.status, event), null);
    return;
  }
  await ports.orders.finish(agent.workspaceId, agent, order, transitionOrder(order.status, event), venue.reason, at);
}
