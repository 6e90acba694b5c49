import type { BacktestLine, BacktestReport } from "@/server/backtest";
import type { Interval } from "@/server/market";
import { div, type Fixed, fixedInt, sub, toFixedText, toText } from "@/server/shared";
import type { BacktestArguments } from "./backtest-arguments";

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

/** The result as a table, and the hash as the last line. */
export function reportLines(report: BacktestReport, currency: string, seconds: number): readonly string[] {
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
  const cells = [["", ...rows.map((r) => r.name)], ...table.map(([label, cell]) => [label, ...rows.map(cell)])];
  const widths = (cells[0] as string[]).map((_, c) => Math.max(...cells.map((row) => (row[c] as string).length)));
  return [
    ...cells.map((row) => row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c] as number) : cell.padStart(widths[c] as number))).join("  ")),
    "",
    `${report.total.ticks} ticks in ${seconds.toFixed(1)} s (${Math.round(report.total.ticks / seconds)}/s)`,
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
