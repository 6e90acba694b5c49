import { CONTEXT_BARS, runTurnCore, type TurnCode, turnCode } from "@/server/agents";
import type { Candle, PricePoint, SymbolId } from "@/server/market";
import { type Fixed, toNumber, utcDayStart, ZERO } from "@/server/shared";
import type { Instrument } from "@/server/trading";
import { seriesOf } from "../backtest-market";
import { RecentBooks } from "../recent-books";
import { tickInputs } from "../tick-inputs";
import { LeanAccount } from "./lean-account";
import { type PlainAgent, plainAgent, plainTrade } from "./plain-trade";
import type { AgentRun, RunFill, RunOptions } from "./run-types";
import type { TickGrid } from "./tick-grid";

/**
 * What the event and the array engine share: the ticks at which something can happen, done with the turn core, the risk engine and the
 * paper venue of the live product, in exact money. The engines differ only in how they find these ticks.
 */
export class FastRun {
  readonly account: LeanAccount;
  /** Per symbol: quantity held and average entry, as floats; what the rules compare with. */
  readonly quantity: Float64Array;
  readonly entry: Float64Array;
  readonly #minNotional: readonly number[];
  readonly #minQuantity: readonly number[];
  readonly #instruments: readonly Instrument[];
  readonly #code: TurnCode;
  readonly #plain: PlainAgent | null;
  readonly #books: RecentBooks;
  #seenFills = 0;
  #day = Number.NEGATIVE_INFINITY;
  #dayStartEquity: Fixed = ZERO;
  #reduced = 0;
  #denied = 0;

  constructor(
    private readonly options: RunOptions,
    private readonly grid: TickGrid,
  ) {
    const { agent, capital, market, instrument, rules } = options;
    this.account = new LeanAccount({ capital, currency: agent.currency, market, instrument, rules });
    this.#instruments = agent.config.symbols.map(instrument);
    this.#minNotional = this.#instruments.map((i) => toNumber(i.minNotional));
    this.#minQuantity = this.#instruments.map((i) => toNumber(i.minQuantity));
    this.quantity = new Float64Array(this.#instruments.length);
    this.entry = new Float64Array(this.#instruments.length);
    this.#code = turnCode(options.build);
    this.#plain = plainAgent(options);
    this.#books = new RecentBooks(agent);
  }

  /** What a position of symbol `s` must be worth to count; null when none does at any price. */
  leastWorth(s: number): number | null {
    const quantity = this.quantity[s] as number;
    return quantity > 0 && quantity >= (this.#minQuantity[s] as number) ? (this.#minNotional[s] as number) : null;
  }

  /** Whether symbol `s` holds a position that can be sold, as the rules see it: dust below the venue's minimum does not count. */
  holds(s: number, price: number): boolean {
    const quantity = this.quantity[s] as number;
    return quantity > 0 && quantity * price >= (this.#minNotional[s] as number) && quantity >= (this.#minQuantity[s] as number);
  }

  /** What every engine does first at a tick with an open order: the venue sees the market. */
  follow(n: number): void {
    if (!this.account.busy) return;
    this.account.advance(this.#at(n));
    this.#look();
    this.#startDay(n);
  }

  /** One turn. `sure` = what the screen of the run's only symbol is sure of; where that is not plain sailing, the core that runs live decides. */
  decide(n: number, sure = 0): void {
    if (this.#plain !== null && !this.account.busy && sure !== 0 && this.#trade(this.#plain, n, sure)) return;
    const { agent, market } = this.options;
    const { account } = this;
    const at = this.#at(n);
    this.#startDay(n);
    for (; this.#seenFills < account.fills.length; this.#seenFills++) this.#books.filled(account.fills[this.#seenFills] as RunFill);
    const prices = this.#pricesAt(at);
    const last = (symbol: SymbolId): Fixed | null => prices.get(symbol)?.price ?? null;
    const candles: Record<SymbolId, readonly Candle[]> = {};
    for (const { symbol, closed } of this.grid.symbols) {
      const end = closed[n] as number;
      candles[symbol] = seriesOf(market, symbol)
        .all(agent.config.barInterval)
        .slice(Math.max(0, end - CONTEXT_BARS), end);
    }
    const inputs = tickInputs(agent, market.source, this.#instruments, {
      at,
      candles,
      prices,
      cash: account.cash,
      held: account.held,
      equity: account.equity(last),
      positions: account.positions(),
      openOrders: account.openOrders(),
      dayStartEquity: this.#dayStartEquity,
      ...this.#books.at(at),
    });
    const { verdict, intents } = runTurnCore(inputs, this.#code);
    if (verdict.outcome === "deny") this.#denied += 1;
    if (verdict.outcome === "reduce") this.#reduced += 1;
    if (intents.length === 0) return;
    this.#books.ordered(intents, at);
    account.place(intents, at, last);
    account.advance(at);
    this.#look();
  }

  /** How things stand when all ticks are done. */
  finish(): AgentRun {
    const { account, grid } = this;
    account.advance(grid.to);
    const prices = this.#pricesAt(grid.to);
    return {
      fills: account.fills,
      ticks: grid.count,
      skipped: grid.skippedCount,
      orders: account.orders,
      reduced: this.#reduced,
      denied: this.#denied,
      cash: account.cash,
      held: account.held,
      equity: account.equity((symbol) => prices.get(symbol)?.price ?? null),
      quantities: Object.fromEntries(account.positions().map((p) => [p.symbol, p.quantity])),
      audit: null,
    };
  }

  #trade(plain: PlainAgent, n: number, sure: number): boolean {
    const grid = this.grid.symbols[0] as TickGrid["symbols"][number];
    const at = this.#at(n);
    const fill = plainTrade(plain, this.account, {
      at,
      base: seriesOf(this.options.market, grid.symbol).base,
      opened: grid.opened[n] as number,
      sure,
    });
    if (fill === null) return false;
    this.account.bookWhole(fill);
    this.#look();
    return true;
  }

  #at = (n: number): number => this.grid.first + n * this.grid.stepMs;

  /**
   * The equity of the day's first tick. Ticks at which nothing could happen are not visited, so it is worked out at the first one that is:
   * without an open order the account has not changed since, and with one every tick is visited.
   */
  #startDay(n: number): void {
    const day = utcDayStart(this.#at(n));
    if (day === this.#day) return;
    this.#day = day;
    const firstTick = Math.max(0, Math.ceil((day - this.grid.first) / this.grid.stepMs));
    const prices = this.#pricesAt(this.#at(firstTick));
    this.#dayStartEquity = this.account.equity((symbol) => prices.get(symbol)?.price ?? null);
  }

  #pricesAt(at: number): ReadonlyMap<SymbolId, PricePoint> {
    const prices = new Map<SymbolId, PricePoint>();
    for (const { symbol } of this.grid.symbols) {
      const price = seriesOf(this.options.market, symbol).price(at);
      if (price) prices.set(symbol, price);
    }
    return prices;
  }

  #look(): void {
    for (const [s, { symbol }] of this.grid.symbols.entries()) {
      const position = this.account.position(symbol);
      this.quantity[s] = position ? toNumber(position.quantity) : 0;
      this.entry[s] = position ? toNumber(position.averageEntry) : 0;
    }
  }
}
