import type { AgentConfig } from "@/server/agents";
import { allocateDraft, depositDraft, InMemoryLedger } from "@/server/ledger";
import type { MarketFeed, SymbolId } from "@/server/market";
import {
  add,
  canonicalJson,
  DomainError,
  div,
  type Fixed,
  fixedInt,
  hashId,
  type Json,
  RunningHash,
  sub,
  sum,
  toNumber,
  toText,
  ZERO,
} from "@/server/shared";
import type { Instrument, PaperRules } from "@/server/trading";
import { journalOf } from "./journal";
import { runSimulation } from "./run-simulation";
import type { SimulationEvent, SimulationResult } from "./simulation-types";

export type BacktestOptions = {
  readonly feed: MarketFeed;
  readonly symbols: readonly SymbolId[];
  /** Configuration of one symbol's agent. */
  readonly config: (symbol: SymbolId) => AgentConfig;
  readonly instrument: (symbol: SymbolId) => Instrument;
  /** Quote currency, split equally over the symbols. */
  readonly capital: Fixed;
  readonly currency: string;
  readonly from: number;
  readonly to: number;
  readonly build: string;
  readonly rules?: PaperRules;
  readonly onProgress?: (done: number, total: number) => void;
  readonly onEvent?: (symbol: SymbolId, event: SimulationEvent) => void;
};

export type BacktestLine = {
  readonly symbol: SymbolId;
  readonly capital: Fixed;
  readonly equity: Fixed;
  readonly hold: Fixed;
  readonly ticks: number;
  readonly skipped: number;
  readonly decisions: Readonly<Record<string, number>>;
  readonly denied: number;
  readonly reduced: number;
  readonly orders: number;
  readonly fills: number;
  readonly fees: Fixed;
  readonly turnover: Fixed;
  /** Largest fall from a peak of this symbol's equity and of its hold, as fractions. */
  readonly maxDrawdown: number;
  readonly holdMaxDrawdown: number;
  readonly result: SimulationResult;
};

export type BacktestReport = {
  readonly lines: readonly BacktestLine[];
  readonly total: Omit<BacktestLine, "symbol" | "result">;
  readonly curve: readonly { readonly at: number; readonly equity: Fixed; readonly hold: Fixed }[];
  /**
   * SHA-256 over the run's journal, in order: configuration and build, each bar when it is first decided on, what the account held,
   * every decision, verdict, order, fill and equity point. A turn's record is a pure function of what the journal names, so equal
   * hashes mean equal records.
   */
  readonly hash: string;
  readonly ledger: InMemoryLedger;
  readonly workspaceId: string;
};

type Point = { readonly at: number; readonly equity: Fixed; readonly hold: Fixed };

/** One agent and sub-account per symbol over the same time, one ledger for all. Throws NO_SYMBOLS, INVALID_CAPITAL and what a simulation throws. */
export async function runBacktest(options: BacktestOptions): Promise<BacktestReport> {
  const { symbols, currency, from } = options;
  if (symbols.length === 0) throw new DomainError("NO_SYMBOLS", "name at least one symbol", { field: "symbols" });
  if (options.capital <= 0n) throw new DomainError("INVALID_CAPITAL", "the capital must be above zero", { field: "capital" });
  const ledger = new InMemoryLedger();
  const workspaceId = hashId("backtest");
  const treasury = hashId("backtest", "treasury");
  ledger.postNow(workspaceId, depositDraft({ key: "capital", at: from, nodeId: treasury, currency, amount: options.capital }));
  const share = div(options.capital, fixedInt(symbols.length), "down");
  const lines: BacktestLine[] = [];
  const curves: (readonly Point[])[] = [];
  const journal = new RunningHash();
  journal.line("memepulse backtest 2");
  for (const [index, symbol] of symbols.entries()) {
    const nodeId = hashId("backtest", "node", symbol);
    const capital = index === symbols.length - 1 ? sub(options.capital, sum(lines.map((l) => l.capital))) : share;
    ledger.postNow(
      workspaceId,
      allocateDraft({ key: `allocate:${symbol}`, at: from, fromNodeId: treasury, toNodeId: nodeId, currency, amount: capital }),
    );
    const tally = new Tally();
    const entry = journalOf(journal);
    const config = options.config(symbol);
    journal.line(
      canonicalJson({
        symbol,
        capital: toText(capital),
        build: options.build,
        instrument: jsonOf(options.instrument(symbol)),
        config: jsonOf(config),
      }),
    );
    const result = await runSimulation({
      agent: { id: hashId("backtest", "agent", symbol), workspaceId, nodeId, config, configVersion: 1, currency },
      feed: options.feed,
      instrument: options.instrument,
      ledger,
      from,
      to: options.to,
      build: options.build,
      rules: options.rules,
      sink: (event) => {
        entry(event);
        tally.take(event);
        options.onEvent?.(symbol, event);
      },
      onProgress: (done, total) => options.onProgress?.(index * total + done, total * symbols.length),
    });
    const curve = [...tally.curve, { at: result.at, equity: result.equity, hold: result.hold }];
    journal.line(`end ${symbol} ${toText(result.equity)} ${toText(result.hold)}`);
    curves.push(curve);
    lines.push({ symbol, capital, equity: result.equity, hold: result.hold, ticks: result.ticks, ...tally.figures(), ...drawdowns(curve), result });
  }
  const curve = addCurves(curves);
  return { lines, total: totalOf(lines, curve), curve, hash: journal.end(), ledger, workspaceId };
}

/** Fixed-point members as text. */
const jsonOf = (value: object): Json => JSON.parse(JSON.stringify(value, (_, v) => (typeof v === "bigint" ? toText(v as Fixed) : v))) as Json;

class Tally {
  readonly curve: Point[] = [];
  readonly #decisions: Record<string, number> = { buy: 0, sell: 0, close: 0, hold: 0 };
  readonly #orders = new Set<string>();
  #skipped = 0;
  #denied = 0;
  #reduced = 0;
  #fills = 0;
  #fees: Fixed = ZERO;
  #turnover: Fixed = ZERO;

  take(event: SimulationEvent): void {
    if (event.type === "turn") {
      const { decision, verdict } = event.turn.record;
      this.#decisions[decision.action] = (this.#decisions[decision.action] ?? 0) + 1;
      if (verdict.outcome === "deny") this.#denied += 1;
      if (verdict.outcome === "reduce") this.#reduced += 1;
    } else if (event.type === "skipped") this.#skipped += 1;
    else if (event.type === "order") this.#orders.add(event.order.id);
    else if (event.type === "fill") {
      this.#fills += 1;
      this.#fees = add(this.#fees, event.execution.fee);
      this.#turnover = add(this.#turnover, ((event.execution.quantity * event.execution.price) / 10n ** 18n) as Fixed);
    } else if (event.type === "equity") this.curve.push(event);
  }

  figures() {
    return {
      decisions: this.#decisions,
      skipped: this.#skipped,
      denied: this.#denied,
      reduced: this.#reduced,
      orders: this.#orders.size,
      fills: this.#fills,
      fees: this.#fees,
      turnover: this.#turnover,
    };
  }
}

/** Largest fall from a running peak, as a fraction of the peak. */
export function maxDrawdown(values: readonly number[]): number {
  let [peak, worst] = [Number.NEGATIVE_INFINITY, 0];
  for (const v of values) {
    peak = Math.max(peak, v);
    if (peak > 0) worst = Math.max(worst, (peak - v) / peak);
  }
  return worst;
}

const drawdowns = (curve: readonly Point[]) => ({
  maxDrawdown: maxDrawdown(curve.map((p) => toNumber(p.equity))),
  holdMaxDrawdown: maxDrawdown(curve.map((p) => toNumber(p.hold))),
});

/** All symbols tick at the same instants, so that their curves add up point by point. */
function addCurves(curves: readonly (readonly Point[])[]): readonly Point[] {
  return (curves[0] ?? []).map((p, i) => ({
    at: p.at,
    equity: sum(curves.map((c) => c[i]?.equity ?? ZERO)),
    hold: sum(curves.map((c) => c[i]?.hold ?? ZERO)),
  }));
}

function totalOf(lines: readonly BacktestLine[], curve: readonly Point[]): BacktestReport["total"] {
  const money = (pick: (l: BacktestLine) => Fixed): Fixed => sum(lines.map(pick));
  const count = (pick: (l: BacktestLine) => number): number => lines.reduce((s, l) => s + pick(l), 0);
  const actions = [...new Set(lines.flatMap((l) => Object.keys(l.decisions)))];
  return {
    capital: money((l) => l.capital),
    equity: money((l) => l.equity),
    hold: money((l) => l.hold),
    ticks: count((l) => l.ticks),
    skipped: count((l) => l.skipped),
    decisions: Object.fromEntries(actions.map((a) => [a, count((l) => l.decisions[a] ?? 0)])),
    denied: count((l) => l.denied),
    reduced: count((l) => l.reduced),
    orders: count((l) => l.orders),
    fills: count((l) => l.fills),
    fees: money((l) => l.fees),
    turnover: money((l) => l.turnover),
    ...drawdowns(curve),
  };
}
