import { INTERVAL_MS, type SymbolId } from "@/server/market";
import { add, DomainError, type Fixed, fixed, min, mul, sub, toText, ZERO } from "@/server/shared";
import {
  advancePaperAccount,
  applyFill,
  EMPTY_PAPER_ACCOUNT,
  type Execution,
  emptyPosition,
  fillAmounts,
  type Instrument,
  type OrderIntent,
  type PaperAccountState,
  type PaperMarket,
  type PaperRules,
  type Position,
  paperNeeds,
  placePaperOrder,
  reserveFor,
  transferPaper,
  VOLUME_LOOK_BACK,
} from "@/server/trading";
import { type BacktestMarket, seriesOf } from "../backtest-market";
import type { RunFill } from "./run-types";

type OpenOrder = OrderIntent & { readonly filledQuantity: Fixed; readonly held: Fixed; readonly orderedAt: number };

type Parts = {
  readonly capital: Fixed;
  readonly currency: string;
  readonly market: BacktestMarket;
  readonly instrument: (symbol: SymbolId) => Instrument;
  readonly rules: PaperRules;
};

/** One agent's money without a ledger: the paper venue's own functions and exact arithmetic, no rows and no events. */
export class LeanAccount {
  readonly fills: RunFill[] = [];
  cash: Fixed;
  held: Fixed = ZERO;
  /** Orders the venue took or refused. */
  orders = 0;
  #venue: PaperAccountState;
  /** Whether money moved without the venue: its books are written up before it is asked again. */
  #behind = false;
  readonly #positions = new Map<SymbolId, Position>();
  readonly #open = new Map<string, OpenOrder>();

  constructor(private readonly parts: Parts) {
    this.cash = parts.capital;
    this.#venue = parts.capital > 0n ? transferPaper(EMPTY_PAPER_ACCOUNT, parts.currency, parts.capital, "capital") : EMPTY_PAPER_ACCOUNT;
  }

  get busy(): boolean {
    return this.#venue.open.length > 0;
  }
  position = (symbol: SymbolId): Position | undefined => this.#positions.get(symbol);
  positions = (): readonly Position[] => [...this.#positions.values()];
  openOrders = (): readonly OpenOrder[] => [...this.#open.values()];

  /** Cash + hold + positions at the given prices. */
  equity(price: (symbol: SymbolId) => Fixed | null): Fixed {
    let total = add(this.cash, this.held);
    for (const p of this.#positions.values()) if (p.quantity !== 0n) total = add(total, mul(p.quantity, price(p.symbol) ?? ZERO, "half-even"));
    return total;
  }

  /** Lets the venue see the market up to `at` (ms). */
  advance(at: number): void {
    if (!this.busy) return;
    const { market, instrument, rules } = this.parts;
    const baseMs = (symbol: SymbolId): number => INTERVAL_MS[seriesOf(market, symbol).info.baseInterval];
    const markets: Record<SymbolId, PaperMarket> = {};
    for (const { symbol, from } of paperNeeds(this.#venue.open, baseMs)) {
      const ms = baseMs(symbol);
      markets[symbol] = { instrument: instrument(symbol), baseMs: ms, bars: seriesOf(market, symbol).bars(from - VOLUME_LOOK_BACK * ms, at) };
    }
    const step = advancePaperAccount(this.#venue, { at, markets, rules });
    this.#venue = step.state;
    for (const execution of step.executions) this.#book(execution);
    for (const order of step.orders) {
      const known = this.#open.get(order.clientOrderId);
      if (!known || order.status === "open" || order.status === "partially_filled") continue;
      this.#release(known.held);
      this.#open.delete(order.clientOrderId);
    }
  }

  /** Books a market order that was made and wholly filled at one open: its hold was given back at the same instant. */
  bookWhole(fill: RunFill): void {
    this.#behind = true;
    this.orders += 1;
    const { cash } = fillAmounts(fill);
    this.cash = fill.side === "buy" ? sub(this.cash, cash) : add(this.cash, cash);
    this.#positions.set(fill.symbol, applyFill(this.#positions.get(fill.symbol) ?? emptyPosition(fill.symbol), fill));
    this.fills.push(fill);
  }

  #catchUp(): void {
    if (!this.#behind) return;
    this.#behind = false;
    const balances: Record<string, string> = { [this.parts.currency]: toText(add(this.cash, this.held)) };
    for (const p of this.#positions.values()) balances[this.parts.instrument(p.symbol).base] = toText(p.quantity);
    this.#venue = { ...this.#venue, balances };
  }

  /** Holds the money, then sends; an order that the venue refuses gives it back. */
  place(intents: readonly OrderIntent[], at: number, lastPrice: (symbol: SymbolId) => Fixed | null): void {
    this.#catchUp();
    for (const intent of intents) {
      const rules = this.parts.instrument(intent.symbol);
      const last = lastPrice(intent.symbol) ?? ZERO;
      const held = reserveFor(intent, rules, last);
      this.orders += 1;
      try {
        const step = placePaperOrder(this.#venue, { ...intent, at }, rules, last);
        this.#venue = step.state;
        this.cash = sub(this.cash, held);
        this.held = add(this.held, held);
        const quantity = fixed(step.order.quantity);
        this.#open.set(intent.clientOrderId, { ...intent, quantity, filledQuantity: ZERO, held, orderedAt: at });
      } catch (error) {
        if (!(error instanceof DomainError) || error.code !== "ORDER_REJECTED") throw error;
      }
    }
  }

  #book(execution: Execution): void {
    const order = this.#open.get(execution.clientOrderId);
    if (!order) throw new DomainError("UNKNOWN_ORDER", "the venue filled an order that was never sent", { kind: "internal" });
    const { cash } = fillAmounts(execution);
    if (execution.side === "buy") {
      const fromHold = min(order.held, cash);
      this.held = sub(this.held, fromHold);
      this.cash = sub(this.cash, sub(cash, fromHold));
      this.#open.set(order.clientOrderId, {
        ...order,
        held: sub(order.held, fromHold),
        filledQuantity: add(order.filledQuantity, execution.quantity),
      });
    } else {
      this.cash = add(this.cash, cash);
      this.#open.set(order.clientOrderId, { ...order, filledQuantity: add(order.filledQuantity, execution.quantity) });
    }
    this.#positions.set(execution.symbol, applyFill(this.#positions.get(execution.symbol) ?? emptyPosition(execution.symbol), execution));
    const { symbol, side, quantity, price, fee, liquidity, at } = execution;
    this.fills.push({ symbol, side, quantity, price, fee, liquidity, at, orderedAt: order.orderedAt });
  }

  #release(held: Fixed): void {
    this.held = sub(this.held, held);
    this.cash = add(this.cash, held);
  }
}
