"use client";
import { useState } from "react";
import { formatDecimal } from "@/components/format/decimal-text";
import { shortTime, utcDate, utcDateTime } from "@/components/format/time-text";
import { EquityPlot } from "./equity-plot";
import { useSize } from "./use-size";

export type EquityPoint = { readonly t: number; readonly equity: string; readonly hold: string };

/** Equity (solid) beside buy-and-hold on the same money (dashed). Arrow keys move the crosshair; the same figures as a table. */
export function EquityChart({
  points,
  currency,
  name,
  simulated,
  trainingCutoff = null,
}: {
  points: readonly EquityPoint[];
  currency: string;
  name: string;
  simulated: boolean;
  /** End of the model's training (ms): a line where it falls inside the chart, words where it does not. */
  trainingCutoff?: number | null;
}) {
  const [at, setAt] = useState<number | null>(null);
  const [table, setTable] = useState(false);
  const { ref, size } = useSize<HTMLDivElement>();
  if (points.length < 2)
    return (
      <p className="t3" style={{ padding: 16 }}>
        The curve begins with the second decision.
      </p>
    );
  const index = at ?? points.length - 1;
  const point = points[Math.min(index, points.length - 1)];
  const first = points[0];
  const last = points.at(-1);
  if (!point || !first || !last) return null;
  const summary = `${name}: ${formatDecimal(first.equity, 2)} to ${formatDecimal(last.equity, 2)} ${currency} from ${utcDateTime(first.t)} to ${utcDateTime(last.t)}; holding gave ${formatDecimal(last.hold, 2)} ${currency}.`;
  return (
    <div className="stack g2 grow" style={{ padding: "0 16px 14px" }}>
      <div className="row wrap between">
        <div className="leg">
          <span>
            <i style={{ borderColor: "var(--accent)" }} />
            {name} <b className="num t1">{formatDecimal(point.equity, 2)}</b>
          </span>
          <span>
            <i className="d" style={{ borderColor: "var(--chart-bench)" }} />
            Held instead <b className="num t1">{formatDecimal(point.hold, 2)}</b>
          </span>
          <span className="t3 num">{shortTime(point.t, last.t)} UTC</span>
        </div>
        <button type="button" className="btn sm gho" aria-pressed={table} onClick={() => setTable(!table)}>
          {table ? "Show as chart" : "Show as table"}
        </button>
      </div>
      {table ? (
        <div className="tbl-w" style={{ maxHeight: 260, overflow: "auto" }}>
          <table className="tbl compact fits">
            <thead>
              <tr>
                <th>Time, UTC</th>
                <th className="r">Equity, {currency}</th>
                <th className="r">Held, {currency}</th>
              </tr>
            </thead>
            <tbody>
              {[...points]
                .reverse()
                .slice(0, 200)
                .map((p) => (
                  <tr key={p.t}>
                    <td>{utcDateTime(p.t)}</td>
                    <td className="r">{formatDecimal(p.equity, 2)}</td>
                    <td className="r">{formatDecimal(p.hold, 2)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div className="chart grow" ref={ref} style={{ minHeight: 260 }}>
          {simulated && (
            <span className="bdg m-sim" style={{ position: "absolute", left: 8, top: 4 }}>
              Simulated market
            </span>
          )}
          {size && <EquityPlot points={points} size={size} summary={summary} at={at} onMove={setAt} cutoff={trainingCutoff} />}
        </div>
      )}
      {trainingCutoff !== null && <p className="fs12 t3">{cutoffText(trainingCutoff, first.t, last.t)}</p>}
    </div>
  );
}

/** Where the end of the model's training lies against the chart. */
function cutoffText(cutoff: number, first: number, last: number): string {
  const until = `The model was trained on texts up to ${utcDate(cutoff - 1)}`;
  if (cutoff <= first) return `${until}: before this chart begins.`;
  if (cutoff > last) return `${until}: after this chart ends. It may remember all of these prices, so none of this counts as evidence.`;
  return `${until}, the dashed line. It may remember what came before; only what came after counts as evidence.`;
}
