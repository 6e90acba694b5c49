"use client";
import { useState } from "react";
import { Unknown } from "@/components/format/number";
import type { SweepResult } from "@/server/backtest";
import { Drawdown, Ratio, SignedReturn } from "./figures";

const SHOWN = 20;

/** Every setting that ran, best Sharpe first; then those that do not go together. */
export function PointsTable({ result }: { result: SweepResult }) {
  const [all, setAll] = useState(false);
  const sorted = [...result.points].sort((a, b) => (b.sharpe.value ?? Number.NEGATIVE_INFINITY) - (a.sharpe.value ?? Number.NEGATIVE_INFINITY));
  const params = result.axes.map((a) => a.param);
  const shown = all ? sorted : sorted.slice(0, SHOWN);
  return (
    <section className="card s12" aria-label="Settings">
      <div className="card-h">
        <h2>Settings</h2>
        <span className="sub">best Sharpe first, net of fees and slippage</span>
      </div>
      <div className="tbl-w">
        <table className="tbl compact" data-testid="points">
          <thead>
            <tr>
              {params.map((p) => (
                <th scope="col" className="r" key={p}>
                  {p}
                </th>
              ))}
              <th scope="col" className="r" aria-sort="descending">
                Sharpe, a year
              </th>
              <th scope="col" className="r">
                Net, %
              </th>
              <th scope="col" className="r">
                Drawdown, %
              </th>
              <th scope="col" className="r">
                Calmar
              </th>
              <th scope="col" className="r">
                Trades
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((p) => (
              <tr key={params.map((n) => p.params[n]).join(" ")}>
                {params.map((n) => (
                  <td className="r" key={n}>
                    {p.params[n]}
                  </td>
                ))}
                <td className="r">
                  <Ratio figure={p.sharpe} />
                </td>
                <td className="r">{p.refused === null ? <SignedReturn figure={p.totalReturn} /> : <Unknown reason={p.refused} />}</td>
                <td className="r">{p.refused === null ? <Drawdown depth={p.maxDrawdown} /> : <Unknown reason={p.refused} />}</td>
                <td className="r">
                  <Ratio figure={p.calmar} />
                </td>
                <td className="r t2">{p.refused === null ? p.trades : <Unknown reason={p.refused} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {sorted.length > SHOWN && (
        <div style={{ padding: 12 }}>
          <button type="button" className="btn sm" onClick={() => setAll(!all)}>
            {all ? `Show the best ${SHOWN}` : `Show all ${sorted.length}`}
          </button>
        </div>
      )}
    </section>
  );
}
