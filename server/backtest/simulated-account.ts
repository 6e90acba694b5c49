import { fillDraft, holdDraft, type InMemoryLedger, releaseDraft, type TransactionDraft } from "@/server/ledger";
import { INTERVAL_MS, type MarketFeed, type SymbolId } from "@/server/market";
import { add, DomainError, type Fixed, fixed, hashId, mul, sub, ZERO } from "@/server/shared";
import {
  advancePaperAccount,
  applyFill,
  EMPTY_PAPER_ACCOUNT,
  type Execution,
  emptyPosition,
  fillAmounts,
  type Instrument,
  isTerminal,
  loadPaperMarket,
  type OrderEvent,
  type OrderIntent,
  type PaperAccountState,
  type PaperMarket,
  type PaperOrder,
  type PaperRules,
  type Position,
  paperNeeds,
  placePaperOrder,
  reserveFor,
  transferPaper,
  transitionOrder,
} from "@/server/trading";
import type { SimulatedAgent, SimulatedOrder, SimulationEvent } from "./simulation-types";

const ENDED: Readonly<Partial<Record<PaperOrder["status"], OrderEvent>>> = {
  filled: "fill-all",
  cancelled: "cancel",
  expired: "expire",
  partially_filled: "fill-part",
};

type Parts = {
  readonly agent: SimulatedAgent;
  readonly feed: MarketFeed;
  readonly instrument: (symbol: SymbolId) => Instrument;
  readonly ledger: InMemoryLedger;
  readonly venueId: string;
  readonly rules: PaperRules;
  readonly emit: (event: SimulationEvent) => void;
};

/** One agent's money, orders and positions during a simulation: paper matcher and ledger joined as the live product joins them. */
export class SimulatedAccount {
  #venue: PaperAccountState;
  #cash: Fixed | null = null;
  #held: Fixed | null = null;
  readonly #venueOrders = new Map<number, PaperOrder>();
  readonly #positions = new Map<SymbolId, Position>();
  readonly #open = new Map<string, SimulatedOrder>();
  readonly #baseMs: ReadonlyMap<SymbolId, number>;
  /** Fills by turn, until the turn is settled. */
  readonly fillsOf = new Map<string, Execution[]>();

  constructor(private readonly parts: Parts) {
    const cash = this.cash();
    this.#venue = cash > 0n ? transferPaper(EMPTY_PAPER_ACCOUNT, parts.agent.currency, cash, "capital") : EMPTY_PAPER_ACCOUNT;
    this.#baseMs = new Map(parts.feed.symbols().map((s) => [s.symbol, INTERVAL_MS[s.baseInterval]]));
  }

  /** The ledger's balances; only this account's own postings change them, so they are read again after each. */
  cash = (): Fixed => {
    this.#cash ??= this.#balance("cash");
    return this.#cash;
  };
  held = (): Fixed => {
    this.#held ??= this.#balance("hold");
    return this.#held;
  };
  positions = (): readonly Position[] => [...this.#positions.values()];
  openOrders = (): readonly SimulatedOrder[] => [...this.#open.values()];
  venue = () => ({ state: this.#venue, orders: [...this.#venueOrders.values()] });

  /** Cash + hold + positions at the given prices. */
  equity(price: (symbol: SymbolId) => Fixed | null): Fixed {
    let total = add(this.cash(), this.held());
    for (const p of this.#positions.values()) if (p.quantity !== 0n) total = add(total, mul(p.quantity, price(p.symbol) ?? ZERO, "half-even"));
    return total;
  }

  /** Lets the venue see the market up to `at` and books what happened. */
  async advance(at: number): Promise<void> {
    const { feed, instrument, rules } = this.parts;
    if (this.#venue.open.length === 0) return;
    const markets: Record<SymbolId, PaperMarket> = {};
    for (const { symbol, from } of paperNeeds(this.#venue.open, (s) => this.#base(s))) {
      markets[symbol] = await loadPaperMarket(feed, instrument(symbol), this.#base(symbol), from, at);
    }
    const step = advancePaperAccount(this.#venue, { at, markets, rules });
    this.#venue = step.state;
    for (const execution of step.executions) this.#book(execution);
    for (const order of step.orders) this.#follow(order, at);
  }

  /** Holds the money, then sends: as the live sender does. */
  place(turnId: string, intents: readonly OrderIntent[], at: number, lastPrice: (symbol: SymbolId) => Fixed | null): void {
    const { agent, instrument } = this.parts;
    for (const [leg, intent] of intents.entries()) {
      const rules = instrument(intent.symbol);
      const last = lastPrice(intent.symbol) ?? ZERO;
      const held = reserveFor(intent, rules, last);
      let order: SimulatedOrder = {
        ...intent,
        id: intent.clientOrderId,
        agentId: agent.id,
        turnId,
        status: "intended",
        filledQuantity: ZERO,
        filledNotional: ZERO,
        reason: null,
        createdAt: at,
        leg,
        attempt: 0,
        held,
      };
      if (held > 0n)
        this.#post(holdDraft({ key: `hold:${order.id}`, at, nodeId: agent.nodeId, currency: rules.quote, amount: held, orderId: order.id, turnId }));
      order = { ...order, status: transitionOrder(order.status, "send") };
      try {
        const step = placePaperOrder(this.#venue, { ...intent, at }, rules, last);
        this.#venue = step.state;
        this.#venueOrders.set(step.order.placement, step.order);
        order = { ...order, quantity: fixed(step.order.quantity), status: transitionOrder(order.status, "acknowledge") };
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== "ORDER_REJECTED") throw error;
        order = { ...order, status: transitionOrder(order.status, "reject"), reason: String(error.details.data?.reason ?? error.message) };
        order = this.#release(order, at);
      }
      if (!isTerminal(order.status)) this.#open.set(order.id, order);
      this.parts.emit({ type: "order", order });
    }
  }

  #book(execution: Execution): void {
    const { agent, venueId, emit, instrument } = this.parts;
    const order = this.#open.get(execution.clientOrderId);
    if (!order) throw new DomainError("UNKNOWN_ORDER", "the venue filled an order that was never sent", { kind: "internal" });
    const { base, quote } = instrument(execution.symbol);
    const { notional } = fillAmounts(execution);
    const fillId = hashId("fill", venueId, agent.id, execution.executionId);
    const { draft, heldAfter } = fillDraft({
      fillId,
      nodeId: agent.nodeId,
      at: execution.at,
      orderId: order.id,
      turnId: order.turnId ?? undefined,
      side: execution.side,
      base,
      quote,
      quantity: execution.quantity,
      notional,
      fee: execution.fee,
      held: order.held,
    });
    const transactionId = this.#post(draft);
    this.#positions.set(execution.symbol, applyFill(this.#positions.get(execution.symbol) ?? emptyPosition(execution.symbol), execution));
    this.#open.set(order.id, {
      ...order,
      held: heldAfter,
      filledQuantity: add(order.filledQuantity, execution.quantity),
      filledNotional: add(order.filledNotional, notional),
    });
    if (order.turnId) this.fillsOf.set(order.turnId, [...(this.fillsOf.get(order.turnId) ?? []), execution]);
    emit({ type: "fill", fillId, transactionId, orderId: order.id, turnId: order.turnId, execution });
  }

  #follow(venueOrder: PaperOrder, at: number): void {
    this.#venueOrders.set(venueOrder.placement, venueOrder);
    const order = this.#open.get(venueOrder.clientOrderId);
    const event = ENDED[venueOrder.status];
    if (!order || !event) return;
    const next = this.#release({ ...order, status: transitionOrder(order.status, event), reason: venueOrder.reason }, at);
    if (isTerminal(next.status)) this.#open.delete(next.id);
    else this.#open.set(next.id, next);
    this.parts.emit({ type: "order", order: next });
  }

  /** Gives back what an ended order has left on hold. */
  #release(order: SimulatedOrder, at: number): SimulatedOrder {
    if (!isTerminal(order.status) || order.held === 0n) return order;
    const { nodeId } = this.parts.agent;
    const currency = this.parts.instrument(order.symbol).quote;
    this.#post(
      releaseDraft({ key: `release:${order.id}`, at, nodeId, currency, amount: order.held, orderId: order.id, turnId: order.turnId ?? undefined }),
    );
    return { ...order, held: sub(order.held, order.held) };
  }

  #post(draft: TransactionDraft): string {
    this.#cash = null;
    this.#held = null;
    const { transactionId } = this.parts.ledger.postNow(this.parts.agent.workspaceId, draft);
    this.parts.emit({ type: "transaction", transactionId, draft });
    return transactionId;
  }

  #base(symbol: SymbolId): number {
    const ms = this.#baseMs.get(symbol);
    if (!ms) throw new DomainError("UNKNOWN_SYMBOL", `there are no prices for ${symbol}`, { field: "symbol" });
    return ms;
  }

  #balance(kind: "cash" | "hold"): Fixed {
    const { agent, ledger } = this.parts;
    return ledger.balance(agent.workspaceId, { nodeId: agent.nodeId, kind, currency: agent.currency });
  }
}
