"use client";
import { useState } from "react";
import { Plain, Pnl } from "@/components/format/number";
import { shortDuration, utcDateTime } from "@/components/format/time-text";
import { Empty } from "@/components/ui/states";
import { TableHead } from "@/components/ui/table-head";
import type { BacktestResult } from "@/server/backtest";
import { SignedReturn } from "./figures";
import { ReturnBars } from "./return-bars";

const SHOWN = 25;

/** The round trips: their spread, and each, newest first. */
export function TradesCard({ result }: { result: BacktestResult }) {
  const [all, setAll] = useState(false);
  const newest = [...result.trades].reverse();
  const shown = all ? newest : newest.slice(0, SHOWN);
  const count = result.tradeStats.closed + result.tradeStats.open;
  return (
    <section className="card s8" aria-label="Trades">
      <div className="card-h">
        <h2>Trades</h2>
        <span className="sub">
          {count} from flat to flat, {result.tradeStats.winners} made money, {result.tradeStats.losers} lost
        </span>
      </div>
      {count === 0 ? (
        <Empty title="It never traded">No bar gave these rules a reason to buy.</Empty>
      ) : (
        <>
          <ReturnBars returns={result.trades.filter((t) => t.closedAt !== null).map((t) => t.return)} />
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard */}
          <section className="tbl-w" style={{ maxHeight: 420, overflow: "auto" }} tabIndex={0} aria-label="List of trades">
            <table className="tbl compact" data-testid="trades">
              <TableHead
                columns={[
                  "Opened, UTC",
                  "Symbol",
                  ["Quantity", "r"],
                  ["Held", "r"],
                  [`Fees, ${result.currency}`, "r"],
                  [`Net, ${result.currency}`, "r"],
                  ["Net, %", "r"],
                ]}
              />
              <tbody>
                {shown.map((t) => (
                  <tr key={`${t.agent} ${t.symbol} ${t.openedAt}`}>
                    <td className="nowrap">{utcDateTime(t.openedAt)}</td>
                    <td>{t.symbol}</td>
                    <td className="r">
                      <Plain value={t.quantity} />
                    </td>
                    <td className="r">{t.closedAt === null ? "still open" : shortDuration(t.closedAt - t.openedAt)}</td>
                    <td className="r t2">
                      <Plain value={t.fees} most={4} />
                    </td>
                    <td className="r">
                      <Pnl value={t.pnl} />
                    </td>
                    <td className="r">
                      <SignedReturn figure={t.return} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
          {newest.length > SHOWN && (
            <div style={{ padding: 12 }}>
              <button type="button" className="btn sm" onClick={() => setAll(!all)}>
                {all ? `Show the newest ${SHOWN}` : `Show ${newest.length}${count > newest.length ? ` of ${count}; all are in the export` : ""}`}
              </button>
            </div>
          )}
        </>
      )}
    </section>
  );
}
