"use client";
import { useState } from "react";
import { formatDecimal } from "@/components/format/decimal-text";
import { shortTime, utcDate, utcDateTime } from "@/components/format/time-text";
import { TableHead } from "@/components/ui/table-head";
import { ChartFigure, tablePlaces } from "./chart-figure";
import { EquityPlot } from "./equity-plot";

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
    <ChartFigure
      style={{ padding: "0 16px 14px" }}
      height={260}
      simulated={simulated}
      when={`${shortTime(point.t, last.t)} UTC`}
      legend={[
        { name, value: formatDecimal(point.equity, 2), look: { borderColor: "var(--accent)" } },
        { name: "Held instead", value: formatDecimal(point.hold, 2), className: "d", look: { borderColor: "var(--chart-bench)" } },
      ]}
      table={<EquityTable points={points} currency={currency} />}
      foot={trainingCutoff !== null && <p className="fs12 t3">{cutoffText(trainingCutoff, first.t, last.t)}</p>}
    >
      {(size) => <EquityPlot points={points} size={size} summary={summary} at={at} onMove={setAt} cutoff={trainingCutoff} />}
    </ChartFigure>
  );
}

const EquityTable = ({ points, currency }: { points: readonly EquityPoint[]; currency: string }) => (
  <table className="tbl compact fits">
    <TableHead columns={["Time, UTC", [`Equity, ${currency}`, "r"], [`Held, ${currency}`, "r"]]} />
    <tbody>
      {tablePlaces(points.length).map((i) => {
        const p = points[i] as EquityPoint;
        return (
          <tr key={p.t}>
            <td>{utcDateTime(p.t)}</td>
            <td className="r">{formatDecimal(p.equity, 2)}</td>
            <td className="r">{formatDecimal(p.hold, 2)}</td>
          </tr>
        );
      })}
    </tbody>
  </table>
);

/** Where the end of the model's training lies against the chart. */
function cutoffText(cutoff: number, first: number, last: number): string {
  const until = `The model was trained on texts up to ${utcDate(cutoff - 1)}`;
  if (cutoff <= first) return `${until}: before this chart begins.`;
  if (cutoff > last) return `${until}: after this chart ends. It may remember all of these prices, so none of this counts as evidence.`;
  return `${until}, the dashed line. It may remember what came before; only what came after counts as evidence.`;
}
