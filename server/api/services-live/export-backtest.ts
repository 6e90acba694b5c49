import type { TrialRow } from "@/server/adapters/db/prisma-backtest-store";
import type { JobResult, JobSpec } from "@/server/backtest";
import { DomainError } from "@/server/shared";
import type { BacktestExport } from "../contract/backtests";
import { csvText } from "./csv-text";

type Format = "json" | "trades-csv" | "fills-csv" | "equity-csv" | "points-csv";
type About = { readonly id: string; readonly name: string; readonly job: JobSpec; readonly trials: readonly TrialRow[] };
type Cell = string | number | null;

/** A result as a file: all of it as JSON (with every trial of its family), or one table as CSV. Throws NO_SUCH_TABLE. */
export function exportBacktest(found: JobResult, about: About, format: Format): BacktestExport {
  const file = `backtest-${about.id.slice(0, 8)}`;
  if (format === "json") {
    const { id, name, job, trials } = about;
    return { name: `${file}.json`, type: "application/json", text: JSON.stringify({ version: 1, id, name, ...job, result: found.result, trials }) };
  }
  const table = tableOf(found, format);
  if (!table) throw new DomainError("NO_SUCH_TABLE", `a ${found.kind} has no ${format.replace("-csv", "")}`, { field: "format" });
  return { name: `${file}-${format.replace("-csv", "")}.csv`, type: "text/csv", text: csvText(table) };
}

function tableOf(found: JobResult, format: Format): readonly (readonly Cell[])[] | null {
  if (found.kind === "sweep") {
    if (format !== "points-csv") return null;
    const names = Object.keys(found.result.points[0]?.params ?? {});
    return [
      [...names, "refused", "equity", "total_return", "sharpe", "calmar", "max_drawdown", "trades"],
      ...found.result.points.map((p) => [
        ...names.map((n) => p.params[n] ?? null),
        p.refused,
        p.refused === null ? p.equity : null,
        p.refused === null ? p.totalReturn : null,
        p.sharpe.value,
        p.calmar.value,
        p.refused === null ? p.maxDrawdown : null,
        p.refused === null ? p.trades : null,
      ]),
    ];
  }
  if (format === "equity-csv") {
    return [["time_ms", "equity", "hold", "invested"], ...found.result.curve.map((p) => [p.at, p.equity, p.hold, p.invested])];
  }
  if (found.kind !== "single") return null;
  if (format === "trades-csv") {
    return [
      ["agent", "symbol", "opened_ms", "closed_ms", "quantity", "paid", "received", "fees", "pnl", "return", "fills"],
      ...found.result.trades.map((t) => [
        t.agent,
        t.symbol,
        t.openedAt,
        t.closedAt,
        t.quantity,
        t.paid,
        t.received,
        t.fees,
        t.pnl,
        t.return,
        t.fills,
      ]),
    ];
  }
  if (format === "fills-csv") {
    return [
      ["agent", "symbol", "side", "quantity", "price", "fee", "liquidity", "time_ms"],
      ...found.result.fills.map((f) => [f.agent, f.symbol, f.side, f.quantity, f.price, f.fee, f.liquidity, f.at]),
    ];
  }
  return null;
}
