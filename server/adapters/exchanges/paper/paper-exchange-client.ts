import { INTERVAL_MS, type MarketFeed, type SymbolId, unknownSymbol } from "@/server/market";
import { DomainError, type Fixed, fixed } from "@/server/shared";
import {
  advancePaperAccount,
  cancelPaperOrder,
  DEFAULT_FEES,
  DEFAULT_PAPER_RULES,
  type ExchangeClient,
  type Execution,
  type Fees,
  type Instrument,
  instrumentFor,
  loadPaperMarket,
  type PaperAccountState,
  type PaperMarket,
  type PaperOrder,
  type PaperRules,
  type PaperStep,
  type PlaceOrder,
  paperNeeds,
  placePaperOrder,
  transferPaper,
  type VenueOrder,
} from "@/server/trading";
import type { PaperAccountStore } from "./paper-account-store";

const MAX_RACES = 20;
const NOTHING = { executions: [], orders: [] } as const;

type Options = {
  readonly feed: MarketFeed;
  readonly store: PaperAccountStore;
  readonly rules?: PaperRules;
  readonly fees?: Fees;
  /** How prices of a symbol are written, for symbols without known venue rules. */
  readonly seenPrices?: (symbol: SymbolId) => { readonly priceDecimals: number; readonly priceHint: number };
  /** Prices of one sub-account, when they are not those of `feed`. */
  readonly feedOf?: (account: string) => Promise<MarketFeed>;
  /** Rules of the venue a sub-account's prices come from; null = the paper venue's own. */
  readonly rulesOf?: (account: string, symbol: SymbolId) => Promise<Instrument | null>;
};

/** The paper venue: the pure matcher over stored books and the product's own market feed. */
export class PaperExchangeClient implements ExchangeClient {
  readonly venue = { id: "paper", label: "Paper venue", simulated: true } as const;
  readonly #instruments = new Map<SymbolId, Instrument>();
  constructor(private readonly options: Options) {}

  /** Throws UNKNOWN_SYMBOL. */
  async instrument(symbol: SymbolId, account?: string): Promise<Instrument> {
    const own = account === undefined ? null : await this.options.rulesOf?.(account, symbol);
    if (own) return own;
    const known = this.#instruments.get(symbol);
    if (known) return known;
    baseMsOf(this.options.feed, symbol);
    const made = instrumentFor(symbol, this.options.seenPrices?.(symbol) ?? null, this.options.fees ?? DEFAULT_FEES);
    this.#instruments.set(symbol, made);
    return made;
  }

  async place(account: string, order: PlaceOrder, signal?: AbortSignal): Promise<VenueOrder> {
    const instrument = await this.instrument(order.symbol, account);
    const last = await (await this.#feed(account)).price({ symbol: order.symbol, at: order.at });
    if (!last)
      throw new DomainError("ORDER_REJECTED", `${order.symbol} has no price yet`, { kind: "invalid", field: "symbol", data: { reason: "NO_PRICE" } });
    signal?.throwIfAborted();
    let placed: PaperOrder | null = null;
    await this.#change(account, (state) => {
      const step = placePaperOrder(state, order, instrument, last.price);
      placed = step.order;
      return step;
    });
    return view(placed as unknown as PaperOrder);
  }

  async cancel(account: string, clientOrderId: string, at: number, signal?: AbortSignal): Promise<VenueOrder | null> {
    // What was filled before the cancel arrived stays filled.
    await this.advanceTo(account, at);
    signal?.throwIfAborted();
    await this.#change(account, (state) => cancelPaperOrder(state, clientOrderId) ?? { state, ...NOTHING });
    return this.find(account, clientOrderId);
  }

  async find(account: string, clientOrderId: string, _signal?: AbortSignal): Promise<VenueOrder | null> {
    const order = await this.options.store.findOrder(account, clientOrderId);
    return order ? view(order) : null;
  }

  async executions(account: string, afterSequence: number, _signal?: AbortSignal): Promise<readonly Execution[]> {
    return this.options.store.executionsAfter(account, afterSequence);
  }

  async advanceTo(account: string, at: number): Promise<void> {
    await this.#change(account, async (state) => {
      if (state.open.length === 0) return { state, ...NOTHING };
      return advancePaperAccount(state, { at, markets: await this.#markets(account, state, at), rules: this.options.rules ?? DEFAULT_PAPER_RULES });
    });
  }

  async balances(account: string): Promise<Readonly<Record<string, Fixed>>> {
    const { state } = await this.options.store.load(account);
    return Object.fromEntries(Object.entries(state.balances).map(([currency, amount]) => [currency, fixed(amount)]));
  }

  async transfer(account: string, currency: string, amount: Fixed, key: string): Promise<void> {
    await this.#change(account, (state) => ({ state: transferPaper(state, currency, amount, key), ...NOTHING }));
  }

  /** Reads, computes, and writes only if nobody wrote in between; else again. Throws VENUE_UNAVAILABLE after many lost races. */
  async #change(account: string, compute: (state: PaperAccountState) => PaperStep | Promise<PaperStep>): Promise<void> {
    for (let attempt = 0; attempt < MAX_RACES; attempt++) {
      const { state, version } = await this.options.store.load(account);
      const next = await compute(state);
      if (next.state === state) return;
      if (await this.options.store.save(account, version, next)) return;
    }
    throw new DomainError("VENUE_UNAVAILABLE", "the paper account is too busy", { kind: "unavailable" });
  }

  #feed(account: string): Promise<MarketFeed> {
    return this.options.feedOf?.(account) ?? Promise.resolve(this.options.feed);
  }

  async #markets(account: string, state: PaperAccountState, at: number): Promise<Record<SymbolId, PaperMarket>> {
    const feed = await this.#feed(account);
    const markets: Record<SymbolId, PaperMarket> = {};
    for (const { symbol, from } of paperNeeds(state.open, (s) => baseMsOf(feed, s))) {
      markets[symbol] = await loadPaperMarket(feed, await this.instrument(symbol, account), baseMsOf(feed, symbol), from, at);
    }
    return markets;
  }
}

function baseMsOf(feed: MarketFeed, symbol: SymbolId): number {
  const infos = feed.symbols();
  const info = infos.find((s) => s.symbol === symbol);
  if (!info) {
    throw unknownSymbol(
      symbol,
      infos.map((s) => s.symbol),
    );
  }
  return INTERVAL_MS[info.baseInterval];
}

const view = (o: PaperOrder): VenueOrder => ({
  clientOrderId: o.clientOrderId,
  status: o.status,
  filledQuantity: fixed(o.filledQuantity),
  reason: o.reason,
});
