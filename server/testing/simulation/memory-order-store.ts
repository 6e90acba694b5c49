import type { AccountOrders, Agent, OrderRow, OrderStore, PostedExecutions, TurnLease } from "@/server/agents";
import { fillDraft, releaseDraft } from "@/server/ledger";
import { add, DAY_MS, hashId, ZERO } from "@/server/shared";
import {
  applyFill,
  type Execution,
  emptyPosition,
  fillAmounts,
  isTerminal,
  type OrderEvent,
  type OrderStatus,
  type Position,
  transitionOrder,
} from "@/server/trading";
import type { MemoryBooks, StoredOrder } from "./memory-books";

/** Orders, fills and positions in memory, by the rules of the stored ones: every method is one transaction. */
export class MemoryOrderStore implements OrderStore {
  constructor(protected readonly state: MemoryBooks) {}

  async live(agentId: string): Promise<readonly OrderRow[]> {
    return this.state.liveOf(agentId);
  }

  async ofTurn(turnId: string): Promise<readonly OrderRow[]> {
    return [...this.state.orders.values()].filter((o) => o.turnId === turnId).sort((a, b) => a.leg - b.leg);
  }

  async account(agentId: string): Promise<AccountOrders> {
    const orders = this.state.ordersOf(agentId);
    const lastSent = Math.max(...orders.map((o) => o.sentAt ?? Number.NEGATIVE_INFINITY));
    return {
      live: this.state.liveOf(agentId),
      lost: orders.filter((o) => o.status === "lost" && o.sentAt !== null && o.sentAt > lastSent - DAY_MS),
      cursor: this.state.cursorOf(agentId),
      halted: !this.state.isActive(agentId),
    };
  }

  async beginSending(lease: TurnLease, order: OrderRow, wallNow: number): Promise<"sending" | "already" | "halted" | "lost-lease"> {
    const row = this.#row(order.id);
    if (row.status !== "intended") return "already";
    if (!this.holds(lease)) return "lost-lease";
    if (!row.reduceOnly && !this.mayOpen(row.agentId)) return "halted";
    this.state.orders.set(row.id, { ...row, status: "sending", sentAt: wallNow });
    return "sending";
  }

  async finish(
    workspaceId: string,
    agent: { nodeId: string },
    order: OrderRow,
    to: OrderStatus,
    reason: string | null,
    at: number,
  ): Promise<boolean> {
    const row = this.#row(order.id);
    if (row.status !== order.status) return false;
    this.#release(workspaceId, agent.nodeId, row, at);
    this.state.orders.set(row.id, { ...row, status: to, reason, heldAmount: ZERO });
    return true;
  }

  async setStatus(_workspaceId: string, order: OrderRow, to: OrderStatus, reason: string | null): Promise<boolean> {
    const row = this.#row(order.id);
    if (row.status !== order.status) return false;
    this.state.orders.set(row.id, { ...row, status: to, reason });
    return true;
  }

  async cursor(agentId: string): Promise<number> {
    return this.state.cursorOf(agentId);
  }

  async positions(agentId: string): Promise<readonly Position[]> {
    return this.state.positionsOf(agentId);
  }

  async postExecutions(agent: Agent, venueId: string, executions: readonly Execution[]): Promise<PostedExecutions> {
    const fresh = this.fresh(agent.id, executions);
    if (fresh.length === 0) return { count: 0, orders: [] };
    for (const e of fresh) {
      const order = this.state.orders.get(e.clientOrderId);
      if (!order) throw new Error(`the venue reports an execution of an unknown order ${e.clientOrderId}`);
      this.#book(agent, venueId, order, e);
    }
    // What an ended order still holds is given back.
    const orders = [...new Set(executions.map((e) => e.clientOrderId))].map((id) => {
      const row = this.#row(id);
      if (!isTerminal(row.status)) return row;
      this.#release(agent.workspaceId, agent.nodeId, row, fresh.at(-1)?.at ?? 0);
      const ended = { ...row, heldAmount: ZERO };
      this.state.orders.set(id, ended);
      return ended;
    });
    return { count: fresh.length, orders };
  }

  /** Executions that are not stored yet. */
  protected fresh(agentId: string, executions: readonly Execution[]): readonly Execution[] {
    return executions.filter((e) => !this.state.fills.some((f) => f.agentId === agentId && f.sequence === e.sequence));
  }

  protected moved(status: OrderStatus, event: OrderEvent): OrderStatus {
    return transitionOrder(status, event);
  }

  protected fillId(venueId: string, agentId: string, e: Execution): string {
    return hashId("fill", venueId, agentId, e.executionId);
  }

  protected mayOpen(agentId: string): boolean {
    return this.state.isActive(agentId);
  }

  protected holds(lease: TurnLease): boolean {
    return this.state.turns.get(lease.turnId)?.fence === lease.fence;
  }

  #book(agent: Agent, venueId: string, order: StoredOrder, e: Execution): void {
    const { notional } = fillAmounts(e);
    const [base = "", quote = ""] = e.symbol.split("/");
    const id = this.fillId(venueId, agent.id, e);
    const { draft, heldAfter } = fillDraft({
      fillId: id,
      nodeId: agent.nodeId,
      at: e.at,
      orderId: order.id,
      side: e.side,
      base,
      quote,
      quantity: e.quantity,
      notional,
      fee: e.fee,
      held: order.heldAmount,
    });
    const filledQuantity = add(order.filledQuantity, e.quantity);
    const status = this.moved(order.status, filledQuantity === order.quantity ? "fill-all" : "fill-part");
    const key = `${agent.id}|${e.symbol}`;
    const position = applyFill(this.state.positions.get(key) ?? emptyPosition(e.symbol), e);
    this.state.ledger.postNow(agent.workspaceId, draft);
    this.state.positions.set(key, position);
    this.state.fills.push({ ...e, id, agentId: agent.id, orderId: order.id });
    this.state.orders.set(order.id, { ...order, status, filledQuantity, filledNotional: add(order.filledNotional, notional), heldAmount: heldAfter });
  }

  #release(workspaceId: string, nodeId: string, row: StoredOrder, at: number): void {
    if (row.heldAmount <= 0n || row.heldCurrency === null) return;
    const release = { key: `release:${row.id}`, nodeId, currency: row.heldCurrency, amount: row.heldAmount, at, orderId: row.id };
    this.state.ledger.postNow(workspaceId, releaseDraft(release));
  }

  #row(id: string): StoredOrder {
    const row = this.state.orders.get(id);
    if (!row) throw new Error(`there is no order ${id}`);
    return row;
  }
}
