import { type Candle, type MarketDepth, type MarketFeed, type PricePoint, sourceOfSymbols } from "@/server/market";
import { add, DomainError, div, type Fixed, fixed, mul, ONE, sub, ZERO } from "@/server/shared";
import type { ExchangeClient, Instrument } from "@/server/trading";
import type { TurnRequest } from "../../service-types";
import type { Agent } from "../../types";
import { assembleInputs, CONTEXT_BARS, neededOf } from "../assemble-inputs";
import type { TurnInputs } from "../core-types";
import type { Benchmark, BookAnswers } from "./ports";

export type LoadedInputs = { readonly inputs: TurnInputs; readonly benchmark: Benchmark | null; readonly holdEquity: Fixed };

/** Asks the market, joins it with the books, and freezes it all as one turn's inputs. Throws what the feed throws, NO_PRICE. */
export async function loadInputs(
  ports: { readonly feed: MarketFeed; readonly exchange: Pick<ExchangeClient, "instrument"> },
  agent: Agent,
  request: TurnRequest,
  turnId: string,
  books: BookAnswers,
): Promise<LoadedInputs> {
  const held = books.positions.filter((p) => p.quantity > 0n).map((p) => p.symbol);
  const symbols = [...new Set([...agent.config.symbols, ...held])];
  const market = await Promise.all(symbols.map((symbol) => loadSymbol(ports, agent.id, symbol, agent.config.barInterval, request.at)));
  const candles: Record<string, readonly Candle[]> = {};
  const prices: Record<string, PricePoint> = {};
  const instruments: Instrument[] = [];
  symbols.forEach((symbol, i) => {
    const m = market[i];
    if (!m) return;
    candles[symbol] = m.candles;
    prices[symbol] = m.price;
    instruments.push(m.instrument);
  });
  const need = neededOf({ config: agent.config, workspace: books.workspace, figures: books.figures });
  if (need.holdings) {
    const { farm, outerFarms = [] } = books.figures;
    const inFarms = [...(farm ? [farm] : []), ...outerFarms].flatMap((f) => Object.keys(f.quantities));
    const elsewhere = [...new Set([...Object.keys(books.workspaceQuantities), ...inFarms])].filter((s) => !symbols.includes(s));
    const seen = await Promise.all(elsewhere.map((s) => lookAt(ports, s, need.correlations ? agent.config.barInterval : null, request.at)));
    elsewhere.forEach((symbol, i) => {
      const { price, bars } = seen[i] ?? {};
      if (price) prices[symbol] = price;
      if (bars) candles[symbol] = bars;
    });
  }
  const depth: Record<string, MarketDepth> = {};
  if (need.depth) {
    const books = await Promise.all(agent.config.symbols.map((symbol) => lookAtBook(ports, symbol, request.at)));
    agent.config.symbols.forEach((symbol, i) => {
      const found = books[i];
      if (found) depth[symbol] = found;
    });
  }
  const price = (symbol: string): Fixed => prices[symbol]?.price ?? ZERO;
  const workspaceNotional = Object.fromEntries(symbols.map((s) => [s, mul(books.workspaceQuantities[s] ?? ZERO, price(s), "half-even")]));
  const inputs = assembleInputs({
    turnId,
    agentId: agent.id,
    tickId: request.tickId,
    trigger: request.trigger,
    at: request.at,
    config: agent.config,
    configVersion: agent.configVersion,
    tradingState: agent.tradingState,
    currency: agent.baseCurrency,
    workspace: books.workspace,
    source: sourceOfSymbols(ports.feed, symbols),
    instruments,
    candles,
    prices,
    cash: books.cash,
    held: books.held,
    positions: books.positions,
    openOrders: books.openOrders,
    risk: {
      dayStartEquity: add(books.dayOpen ?? sub(books.flowsTotal, books.flowsToday), books.flowsToday),
      ordersLastHour: books.ordersLastHour,
      workspaceDayPnl: books.workspaceDayPnl,
      workspaceOrdersLastHour: books.workspaceOrdersLastHour,
      workspaceNotional,
    },
    figures: books.figures,
    workspaceQuantities: books.workspaceQuantities,
    depth,
    goals: books.goals ?? null,
    flowsTotal: books.flowsTotal,
  });
  const benchmark = books.benchmark ?? buyBenchmark(fixed(inputs.account.equity), agent.config.symbols, instruments, prices);
  return { inputs, benchmark, holdEquity: benchmarkValue(benchmark, price) ?? fixed(inputs.account.equity) };
}

async function loadSymbol(
  ports: { readonly feed: MarketFeed; readonly exchange: Pick<ExchangeClient, "instrument"> },
  account: string,
  symbol: string,
  interval: Agent["config"]["barInterval"],
  at: number,
): Promise<{ candles: readonly Candle[]; price: PricePoint; instrument: Instrument }> {
  const [candles, price, instrument] = await Promise.all([
    ports.feed.candles({ symbol, interval, at, limit: CONTEXT_BARS }),
    ports.feed.price({ symbol, at }),
    ports.exchange.instrument(symbol, account),
  ]);
  if (!price) throw new DomainError("NO_PRICE", `${symbol} has no price yet`, { kind: "unavailable", field: "symbol" });
  return { candles, price, instrument };
}

/** A symbol that only others of the workspace hold. What the market does not answer stays unknown: limits then refuse what they cannot measure. */
async function lookAt(
  { feed }: { readonly feed: MarketFeed },
  symbol: string,
  interval: Agent["config"]["barInterval"] | null,
  at: number,
): Promise<{ readonly price: PricePoint | null; readonly bars: readonly Candle[] | null }> {
  try {
    const price = await feed.price({ symbol, at });
    return { price, bars: interval ? await feed.candles({ symbol, interval, at, limit: CONTEXT_BARS }) : null };
  } catch (error) {
    if (error instanceof DomainError && error.details.kind !== "internal") return { price: null, bars: null };
    throw error;
  }
}

/** Null where there is no book. A venue that does not show the book it has counts as an empty one: a limit on its depth then refuses. */
async function lookAtBook({ feed }: { readonly feed: MarketFeed }, symbol: string, at: number): Promise<MarketDepth | null> {
  if (!feed.depth) return null;
  try {
    return await feed.depth({ symbol, at });
  } catch (error) {
    if (error instanceof DomainError && error.details.kind !== "internal") return { bids: ZERO, asks: ZERO };
    throw error;
  }
}

/** The same money split equally over the symbols and bought at these prices with the taker fee. No lots, as in a backtest: what the money would have been worth. */
export function buyBenchmark(
  capital: Fixed,
  symbols: readonly string[],
  instruments: readonly Instrument[],
  prices: Readonly<Record<string, PricePoint>>,
): Benchmark | null {
  if (capital <= 0n || symbols.length === 0) return null;
  const share = div(capital, (BigInt(symbols.length) * ONE) as Fixed, "down");
  let cash = capital;
  const units: Record<string, Fixed> = {};
  for (const symbol of symbols) {
    const price = prices[symbol]?.price;
    const instrument = instruments.find((i) => i.symbol === symbol);
    if (!price || price <= 0n || !instrument) return null;
    const unitCost = mul(price, add(ONE, instrument.takerFee), "up");
    const quantity = div(share, unitCost, "down");
    units[symbol] = quantity;
    cash = sub(cash, mul(quantity, unitCost, "up"));
  }
  return { cash, units };
}

/** What the benchmark is worth; null when a price is missing. */
export function benchmarkValue(benchmark: Benchmark | null, price: (symbol: string) => Fixed): Fixed | null {
  if (!benchmark) return null;
  return Object.entries(benchmark.units).reduce<Fixed>(
    (sum, [symbol, quantity]) => add(sum, mul(quantity, price(symbol), "half-even")),
    benchmark.cash,
  );
}
