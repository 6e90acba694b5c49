import type { BacktestLine, BacktestReport } from "@/server/backtest";
import type { Interval } from "@/server/market";
import { div, type Fixed, fixedInt, RunningHash, sub, toFixedText, toText } from "@/server/shared";
import type { Execution } from "@/server/trading";
import type { BacktestArguments } from "./backtest-arguments";
import type { FastLine } from "./run-fast-backtest";

const day = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16)}Z`;
const percent = (x: number): string => `${(100 * x).toFixed(2)} %`;

/** What the run was done with, defaults included. */
export function settingsLines(s: {
  readonly args: BacktestArguments;
  readonly interval: Interval;
  readonly from: number;
  readonly to: number;
  readonly currency: string;
  readonly participation: Fixed;
}): readonly string[] {
  const { args } = s;
  const params = Object.entries(args.params).map(([k, v]) => `${k}=${v}`);
  return [
    `candles   ${args.candles}`,
    `symbols   ${args.symbols.join(", ")}: capital ${toText(args.capital)} ${s.currency}, split equally, one account each`,
    `decider   rules, ${args.ruleSet}${params.length ? ` (${params.join(", ")})` : ""}: fixed rules, no language model`,
    `ticks     every ${s.interval} bar that closes, ${day(s.from)} to ${day(s.to)}`,
    `fees      maker ${toText(args.makerFee)}, taker ${toText(args.takerFee)}; market orders pay a half spread of ${toText(args.halfSpread)}`,
    `fills     a decision fills at earliest at the next bar's open; at most ${percent(Number(toText(s.participation)))} of a bar's volume; a touched limit is no fill`,
    "limits    none",
    "",
  ];
}

/** The result of an engine without records, and the hash of its trades. */
export function fastReportLines(engine: string, lines: readonly FastLine[], currency: string, seconds: number): readonly string[] {
  const ticks = lines.reduce((s, l) => s + l.run.ticks, 0);
  const table: readonly (readonly [string, (l: FastLine) => string])[] = [
    ["ticks", (l) => String(l.run.ticks)],
    ["skipped", (l) => String(l.run.skipped)],
    ["denied, reduced by risk", (l) => `${l.run.denied}, ${l.run.reduced}`],
    ["orders", (l) => String(l.run.orders)],
    ["fills", (l) => String(l.run.fills.length)],
    [`fees ${currency}`, (l) => toFixedText(l.fees, 2)],
    [`turnover ${currency}`, (l) => toFixedText(l.turnover, 2)],
    [`capital ${currency}`, (l) => toFixedText(l.capital, 2)],
    [`final equity ${currency}`, (l) => `${toFixedText(l.run.equity, 2)} (${change(l.run.equity, l.capital)})`],
    [`buy-and-hold equity ${currency}`, (l) => `${toFixedText(l.hold, 2)} (${change(l.hold, l.capital)})`],
    ["max drawdown", (l) => percent(l.maxDrawdown)],
    ["buy-and-hold max drawdown", (l) => percent(l.holdMaxDrawdown)],
  ];
  return [
    ...aligned([["", ...lines.map((l) => l.symbol)], ...table.map(([label, cell]) => [label, ...lines.map(cell)])]),
    "",
    `${ticks} ticks in ${seconds.toFixed(1)} s by the ${engine} engine (${Math.round(ticks / seconds)}/s)`,
    `trades: ${tradesHash(lines.flatMap((l) => l.run.fills.map((f) => ({ ...f }))))}`,
  ];
}

/** SHA-256 of a run's trades (time, symbol, side, quantity, price, fee), in order: equal for every engine. */
export function tradesHash(fills: readonly Pick<Execution, "at" | "symbol" | "side" | "quantity" | "price" | "fee">[]): string {
  const hash = new RunningHash();
  for (const f of fills) hash.line(`${f.at} ${f.symbol} ${f.side} ${toText(f.quantity)} ${toText(f.price)} ${toText(f.fee)}`);
  return hash.end();
}

function aligned(cells: readonly (readonly string[])[]): readonly string[] {
  const widths = (cells[0] as string[]).map((_, c) => Math.max(...cells.map((row) => (row[c] as string).length)));
  return cells.map((row) => row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] as number) : cell.padStart(widths[c] as number))).join("  "));
}

/** The result as a table, and the hashes of the trades and of the journal as the last lines. */
export function reportLines(report: BacktestReport, trades: string, currency: string, seconds: number): readonly string[] {
  const rows = [...report.lines.map((l) => ({ name: l.symbol, ...l })), ...(report.lines.length > 1 ? [{ name: "total", ...report.total }] : [])];
  const table: readonly (readonly [string, (r: (typeof rows)[number]) => string])[] = [
    ["ticks", (r) => String(r.ticks)],
    ["skipped", (r) => String(r.skipped)],
    ["decisions buy/sell/close/hold", (r) => ["buy", "sell", "close", "hold"].map((a) => r.decisions[a] ?? 0).join("/")],
    ["denied, reduced by risk", (r) => `${r.denied}, ${r.reduced}`],
    ["orders", (r) => String(r.orders)],
    ["fills", (r) => String(r.fills)],
    [`fees ${currency}`, (r) => toFixedText(r.fees, 2)],
    [`turnover ${currency}`, (r) => toFixedText(r.turnover, 2)],
    [`capital ${currency}`, (r) => toFixedText(r.capital, 2)],
    [`final equity ${currency}`, (r) => `${toFixedText(r.equity, 2)} (${change(r.equity, r.capital)})`],
    [`buy-and-hold equity ${currency}`, (r) => `${toFixedText(r.hold, 2)} (${change(r.hold, r.capital)})`],
    ["max drawdown", (r) => percent(r.maxDrawdown)],
    ["buy-and-hold max drawdown", (r) => percent(r.holdMaxDrawdown)],
  ];
  return [
    ...aligned([["", ...rows.map((r) => r.name)], ...table.map(([label, cell]) => [label, ...rows.map(cell)])]),
    "",
    `${report.total.ticks} ticks in ${seconds.toFixed(1)} s (${Math.round(report.total.ticks / seconds)}/s)`,
    `trades: ${trades}`,
    `hash: ${report.hash}`,
  ];
}

const change = (now: Fixed, before: BacktestLine["capital"]): string => {
  const x = toFixedText(
    div(sub(now, before), before, "half-even") * 100n === 0n ? fixedInt(0) : ((div(sub(now, before), before, "half-even") * 100n) as Fixed),
    2,
  );
  return `${x.startsWith("-") ? "" : "+"}${x} %`;
};
