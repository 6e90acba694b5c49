import { writeFile } from "node:fs/promises";
import { CandleFilesFeed } from "@/server/adapters/market/candle-files-feed";
import type { AgentConfig } from "@/server/agents";
import { runBacktest } from "@/server/backtest";
import { type FeedProblem, INTERVAL_MS, type Interval, type SymbolInfo } from "@/server/market";
import { NO_LIMITS } from "@/server/risk";
import { DomainError, ZERO } from "@/server/shared";
import { DEFAULT_PAPER_RULES, type Execution, type Instrument, instrumentFor } from "@/server/trading";
import { BACKTEST_USAGE, type BacktestArguments, parseBacktestArguments } from "./backtest-arguments";
import { backtestJson } from "./backtest-json";
import { fastReportLines, reportLines, settingsLines, tradesHash } from "./backtest-report";
import { ProgressLine } from "./progress-line";
import { runFastBacktest } from "./run-fast-backtest";

type Terminal = {
  readonly out: (line: string) => void;
  readonly err: (text: string) => void;
  readonly isTerminal: boolean;
  readonly now: () => number;
};

/** Problems listed one by one before the rest is only counted. */
const LISTED = 20;

/** `npm run backtest`: 0 when it ran, 2 when the command line or the candles are refused (the reason on standard error). */
export async function backtestCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const args = parseBacktestArguments(argv);
    if (args.help) terminal.out(BACKTEST_USAGE);
    else await run(args, terminal);
    return 0;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const field = error.details.field ? ` [${error.details.field}]` : "";
    terminal.err(`${error.code}${field}: ${error.message}\n`);
    if (error.code === "UNKNOWN_OPTION" || error.code === "MISSING_OPTION") terminal.err(`\n${BACKTEST_USAGE}\n`);
    return 2;
  }
}

async function run(args: BacktestArguments, terminal: Terminal): Promise<void> {
  const started = terminal.now();
  const feed = await CandleFilesFeed.open(args.candles, { symbols: args.symbols });
  reportProblems(feed, args, terminal);
  const infos = args.symbols.map((s) => infoOf(feed, s));
  const interval = args.interval ?? finestCommon(infos);
  for (const info of infos) {
    if (INTERVAL_MS[interval] < INTERVAL_MS[info.baseInterval]) {
      throw new DomainError("INTERVAL_TOO_FINE", `${info.symbol} has bars of ${info.baseInterval}; ${interval} is finer`, { field: "interval" });
    }
  }
  const { from, to } = period(infos, args, INTERVAL_MS[interval]);
  const instruments = new Map<string, Instrument>(
    args.symbols.map((s) => [s, instrumentFor(s, feed.seenPrices(s), { makerFee: args.makerFee, takerFee: args.takerFee })]),
  );
  const instrument = (symbol: string): Instrument => {
    const found = instruments.get(symbol);
    if (!found) throw new DomainError("UNKNOWN_SYMBOL", `${symbol} is not part of this run`, { field: "symbols" });
    return found;
  };
  const config = (symbol: string): AgentConfig => ({
    name: `backtest ${symbol}`,
    symbols: [symbol],
    mode: "paper",
    trigger: { kind: "interval", interval },
    barInterval: interval,
    strategyText: "",
    decider: { kind: "rules", ruleSet: args.ruleSet, params: args.params },
    limits: NO_LIMITS,
    dailyModelCap: ZERO,
    settleAfterMs: INTERVAL_MS[interval],
  });
  const currency = instrument(args.symbols[0] as string).quote;
  const rules = { ...DEFAULT_PAPER_RULES, halfSpread: args.halfSpread };
  for (const line of settingsLines({ args, interval, from, to, currency, participation: rules.participation })) terminal.out(line);
  if (args.engine !== "audited") {
    const market = { source: feed.source, series: new Map(args.symbols.map((s) => [s, feed.series(s)])) };
    const lines = await runFastBacktest({ ...args, engine: args.engine, market, config, instrument, currency, from, to, rules });
    for (const line of fastReportLines(args.engine, lines, currency, (terminal.now() - started) / 1_000)) terminal.out(line);
    return;
  }
  const progress = new ProgressLine(terminal);
  const fills: Execution[] = [];
  const events = args.json ? backtestJson() : null;
  const report = await runBacktest({
    feed,
    symbols: args.symbols,
    config,
    instrument,
    capital: args.capital,
    currency,
    from,
    to,
    build: "backtest",
    rules,
    onProgress: (done, total) => progress.show(done, total),
    onEvent: (symbol, event) => {
      events?.take(symbol, event);
      if (event.type === "fill") fills.push(event.execution);
    },
  });
  progress.end();
  if (events && args.json) await writeFile(args.json, events.finish(report));
  for (const line of reportLines(report, tradesHash(fills), currency, (terminal.now() - started) / 1_000)) terminal.out(line);
}

const where = (p: FeedProblem): string => `${p.file}${p.line === null ? "" : ` line ${p.line}`}: ${p.field ? `${p.field}: ` : ""}${p.reason}`;

function reportProblems(feed: CandleFilesFeed, args: BacktestArguments, terminal: Terminal): void {
  const used = feed.problems.filter((p) => p.code !== "BAD_NAME" && p.code !== "SAME_SYMBOL_TWICE");
  for (const p of used.slice(0, LISTED)) terminal.err(`bad candle  ${where(p)}\n`);
  if (used.length > LISTED) terminal.err(`bad candle  and ${used.length - LISTED} more\n`);
  for (const g of feed.gaps.slice(0, LISTED)) {
    terminal.err(
      `gap         ${g.file} line ${g.line}: ${g.bars} missing before it, ${new Date(g.from).toISOString()} to ${new Date(g.to).toISOString()}\n`,
    );
  }
  if (feed.gaps.length > LISTED) terminal.err(`gap         and ${feed.gaps.length - LISTED} more\n`);
  const first = used[0];
  if (first && !args.skipBadRows) {
    throw new DomainError(
      "FEED_BAD_ROWS",
      `${used.length} row${used.length === 1 ? "" : "s"} or files cannot be used, the first: ${where(first)} (--skip-bad-rows leaves them out)`,
      { field: "candles" },
    );
  }
}

function infoOf(feed: CandleFilesFeed, symbol: string): SymbolInfo {
  const info = feed.symbols().find((s) => s.symbol === symbol);
  if (!info)
    throw new DomainError("FEED_UNAVAILABLE", `the file of ${symbol} holds no candle that can be used`, { field: "symbols", kind: "unavailable" });
  return info;
}

const finestCommon = (infos: readonly SymbolInfo[]): Interval =>
  infos.reduce<Interval>((i, s) => (INTERVAL_MS[s.baseInterval] > INTERVAL_MS[i] ? s.baseInterval : i), "1m");

/** The time all symbols have in common: from the close of the first bar to the end of the last, cut to what was asked for. */
function period(infos: readonly SymbolInfo[], args: BacktestArguments, ms: number): { readonly from: number; readonly to: number } {
  const first = Math.max(...infos.map((i) => Math.ceil((i.firstTime ?? 0) / ms) * ms)) + ms;
  const last = Math.min(...infos.map((i) => i.endTime ?? Number.POSITIVE_INFINITY));
  const from = Math.ceil(Math.max(first, args.from ?? 0) / ms) * ms;
  const to = Math.min(last, args.to ?? Number.POSITIVE_INFINITY);
  if (to <= from) {
    throw new DomainError(
      "NO_COMMON_PERIOD",
      `the symbols have no time in common there: they share ${new Date(first).toISOString()} to ${new Date(last).toISOString()}`,
      { field: args.from !== null ? "from" : "symbols" },
    );
  }
  return { from, to };
}
