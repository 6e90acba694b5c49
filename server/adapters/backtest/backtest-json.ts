import type { BacktestReport, SimulationEvent } from "@/server/backtest";
import type { SymbolId } from "@/server/market";

const plain = (value: unknown): string => JSON.stringify(value, (_, v) => (typeof v === "bigint" ? decimalText(v) : v));

/** A scale-18 number as decimal text. */
function decimalText(raw: bigint): string {
  const [abs, sign] = raw < 0n ? [-raw, "-"] : [raw, ""];
  const fraction = (abs % 10n ** 18n).toString().padStart(18, "0").replace(/0+$/, "");
  return `${sign}${abs / 10n ** 18n}${fraction ? `.${fraction}` : ""}`;
}

/** Collects a run for --json: decisions, orders, fills and the equity curve, decimals as text. Candle windows stay out: they are the files. */
export function backtestJson(): { take(symbol: SymbolId, event: SimulationEvent): void; finish(report: BacktestReport): string } {
  const [decisions, orders, fills]: [unknown[], unknown[], unknown[]] = [[], [], []];
  return {
    take(symbol, event) {
      if (event.type === "turn") {
        const { record, at } = event.turn;
        decisions.push({ symbol, at, decision: record.decision, verdict: record.verdict, recordHash: record.recordHash });
      } else if (event.type === "skipped") decisions.push({ symbol, at: event.at, skipped: event.code, reason: event.reason });
      else if (event.type === "order") orders.push({ ...event.order });
      else if (event.type === "fill") fills.push({ fillId: event.fillId, orderId: event.orderId, ...event.execution });
    },
    finish(report) {
      const lines = report.lines.map(({ result, ...line }) => ({
        ...line,
        positions: result.positions,
        benchmark: result.benchmark,
        prices: result.prices,
      }));
      return `${plain({ hash: report.hash, total: report.total, lines, decisions, orders, fills, curve: report.curve })}\n`;
    },
  };
}
