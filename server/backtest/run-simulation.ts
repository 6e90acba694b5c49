import { CONTEXT_BARS, outcomeOf, runTurnCore, type TurnInputs, turnCode } from "@/server/agents";
import { type Candle, INTERVAL_MS, type PricePoint, type SymbolId } from "@/server/market";
import { DomainError, type Fixed, utcDayStart, ZERO } from "@/server/shared";
import { DEFAULT_PAPER_RULES } from "@/server/trading";
import { HoldBenchmark } from "./hold-benchmark";
import { RecentBooks } from "./recent-books";
import { SimulatedAccount } from "./simulated-account";
import type { SimulationOptions, SimulationResult } from "./simulation-types";
import { tickIdOf, tickInputs, turnIdOf } from "./tick-inputs";

type Unsettled = { readonly turnId: string; readonly settleAt: number; readonly inputs: Pick<TurnInputs, "account" | "prices"> };

/**
 * Runs one rule-based agent over the market, tick by tick, with the turn core, paper matcher and ledger of the live product, and hands
 * everything that happened to `sink`. Deterministic: same options, same events. Throws MODEL_NEEDED, MANUAL_TRIGGER, UNKNOWN_SYMBOL.
 */
export async function runSimulation(options: SimulationOptions): Promise<SimulationResult> {
  const { agent, feed, sink } = options;
  const { config } = agent;
  if (config.trigger.kind !== "interval")
    throw new DomainError("MANUAL_TRIGGER", "only an agent that ticks by itself can be simulated", { field: "trigger" });
  const interval = INTERVAL_MS[config.trigger.interval];
  const first = Math.ceil(options.from / interval) * interval;
  const total = Math.max(0, Math.ceil((options.to - first) / interval));
  const instruments = config.symbols.map(options.instrument);
  const code = turnCode(options.build);
  const books = new RecentBooks(agent);
  const account = new SimulatedAccount({
    agent,
    feed,
    instrument: options.instrument,
    ledger: options.ledger,
    venueId: options.venueId ?? "paper",
    rules: options.rules ?? DEFAULT_PAPER_RULES,
    emit: (event) => {
      if (event.type === "fill") books.filled(event.execution);
      sink(event);
    },
  });
  const prices = new Map<SymbolId, PricePoint>();
  const last = (symbol: SymbolId): Fixed | null => prices.get(symbol)?.price ?? null;
  const benchmark = new HoldBenchmark(account.cash(), config.symbols);
  let unsettled: Unsettled[] = [];
  let day = Number.NEGATIVE_INFINITY;
  let dayStartEquity: Fixed = ZERO;

  const see = async (at: number): Promise<void> => {
    for (const symbol of config.symbols) {
      const price = await feed.price({ symbol, at });
      if (price) prices.set(symbol, price);
    }
    for (const symbol of benchmark.waiting()) {
      const open = (await feed.bars({ symbol, from: first, at }))[0]?.open;
      if (open) benchmark.buy(symbol, open, options.instrument(symbol).takerFee);
    }
  };
  const settle = async (at: number): Promise<void> => {
    const passed = unsettled.filter((u) => u.settleAt <= at);
    if (passed.length === 0) return;
    const open = new Set(account.openOrders().map((o) => o.turnId));
    const due = passed.filter((u) => !open.has(u.turnId));
    if (due.length === 0) return;
    unsettled = unsettled.filter((u) => !due.includes(u));
    for (const u of due) {
      const then = new Map<SymbolId, Fixed>();
      for (const symbol of config.symbols) {
        const price = u.settleAt === at ? prices.get(symbol) : await feed.price({ symbol, at: u.settleAt });
        if (price) then.set(symbol, price.price);
      }
      const outcome = outcomeOf(
        (account.fillsOf.get(u.turnId) ?? []).map((e) => ({ ...e, orderId: e.clientOrderId })),
        u.inputs,
        (s) => then.get(s) ?? ZERO,
      );
      account.fillsOf.delete(u.turnId);
      sink({ type: "settled", turnId: u.turnId, at, outcome });
    }
  };
  const value = (): { readonly equity: Fixed; readonly hold: Fixed; readonly cash: Fixed } => ({
    equity: account.equity(last),
    hold: benchmark.value(last),
    cash: account.cash(),
  });

  for (let n = 0; n < total; n++) {
    const at = first + n * interval;
    await account.advance(at);
    await see(at);
    await settle(at);
    const now = value();
    if (utcDayStart(at) !== day) {
      day = utcDayStart(at);
      dayStartEquity = now.equity;
    }
    const tickId = tickIdOf(at);
    const turnId = turnIdOf(agent.id, at);
    // As live: the point of a tick is how things stood when it was decided.
    sink({ type: "equity", at, equity: now.equity, hold: now.hold, cash: now.cash });
    const candles = await loadCandles(options, at);
    if (candles instanceof DomainError) {
      sink({ type: "skipped", turnId, tickId, at, code: candles.code, reason: candles.message });
    } else {
      const inputs = tickInputs(
        agent,
        feed.source,
        instruments,
        {
          at,
          candles,
          prices,
          cash: now.cash,
          held: account.held(),
          equity: now.equity,
          positions: account.positions(),
          openOrders: account.openOrders(),
          dayStartEquity,
          ...books.at(at),
        },
        turnId,
      );
      const record = runTurnCore(inputs, code);
      sink({ type: "turn", turn: { turnId, tickId, at, settleAt: at + config.settleAfterMs, record, equityBefore: now.equity } });
      unsettled.push({ turnId, settleAt: at + config.settleAfterMs, inputs: { account: inputs.account, prices: inputs.prices } });
      const { intents } = record;
      if (intents.length > 0) {
        books.ordered(intents, at);
        account.place(turnId, intents, at, last);
        await account.advance(at);
      }
    }
    options.onProgress?.(n + 1, total);
  }
  await account.advance(options.to);
  await see(options.to);
  await settle(options.to);
  return {
    ticks: total,
    at: options.to,
    ...value(),
    held: account.held(),
    benchmark: benchmark.stored(),
    positions: account.positions(),
    prices: Object.fromEntries([...prices].map(([s, p]) => [s, p.price])),
    openOrders: account.openOrders(),
    venue: account.venue(),
    unsettled: unsettled.map(({ turnId, settleAt }) => ({ turnId, settleAt })),
    dayStartEquity,
  };
}

/** The windows of a tick, or why there is nothing to decide on. */
async function loadCandles(options: SimulationOptions, at: number): Promise<Record<SymbolId, readonly Candle[]> | DomainError> {
  const candles: Record<SymbolId, readonly Candle[]> = {};
  for (const symbol of options.agent.config.symbols) {
    try {
      candles[symbol] = await options.feed.candles({ symbol, interval: options.agent.config.barInterval, at, limit: CONTEXT_BARS });
    } catch (error) {
      if (error instanceof DomainError && error.code === "FEED_STALE") return error;
      throw error;
    }
    if (candles[symbol]?.length === 0) return new DomainError("NO_BARS_YET", `no bar of ${symbol} has closed yet`);
  }
  return candles;
}
