"use client";
import { useState } from "react";
import { formatDecimal, formatPercent } from "@/components/format/decimal-text";
import { shortTime, utcDateTime } from "@/components/format/time-text";
import { ChartFigure, tablePlaces } from "./chart-figure";
import { CurvesPlot } from "./curves-plot";

/** One line: values at the chart's instants. `kind` sets its stroke: solid own, dashed benchmark, thin cash. */
export type Curve = { readonly name: string; readonly color: string; readonly kind: "own" | "bench" | "thin"; readonly values: readonly number[] };
/** A range that values may lie in, at instants of its own. */
export type Band = { readonly name: string; readonly times: readonly number[]; readonly low: readonly number[]; readonly high: readonly number[] };

type Props = {
  readonly times: readonly number[];
  readonly curves: readonly Curve[];
  readonly band?: Band | null;
  /** Money in this currency, or percent when null. */
  readonly currency: string | null;
  readonly simulated: boolean;
  readonly height?: number;
  /** A line across the chart with its words, for instants that matter. */
  readonly marks?: readonly { readonly at: number; readonly text: string }[];
};

/** Several curves over the same time, with a crosshair (arrow keys), a legend that says the value there, and the same as a table. */
export function CurvesChart({ times, curves, band = null, currency, simulated, height = 280, marks = [] }: Props) {
  const [at, setAt] = useState<number | null>(null);
  const [log, setLog] = useState(false);
  const end = times.length - 1;
  if (end < 1)
    return (
      <p className="t3" style={{ padding: 16 }}>
        There is no curve: it has one point.
      </p>
    );
  const show = (v: number | undefined): string =>
    v === undefined ? "—" : currency === null ? formatPercent(v.toFixed(8)) : formatDecimal(v.toFixed(8), 2);
  const index = Math.min(at ?? end, end);
  const all = curves.flatMap((c) => c.values);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const wide = currency !== null && low > 0 && high / low > 3;
  const unit = currency ? ` ${currency}` : "";
  const [first, last] = [times[0] as number, times[end] as number];
  const summary = `${curves.map((c) => `${c.name}: ${show(c.values[0])} to ${show(c.values[end])}${unit}`).join("; ")}; from ${utcDateTime(first)} to ${utcDateTime(last)}.`;
  return (
    <ChartFigure
      style={{ padding: "0 16px 14px" }}
      height={height}
      simulated={simulated}
      when={`${shortTime(times[index] as number, last)} UTC`}
      legend={[
        ...curves.map((c) => ({
          name: c.name,
          value: show(c.values[index]),
          className: c.kind === "own" ? "" : "d",
          look: { borderColor: c.color, ...(c.kind === "thin" ? { borderTopWidth: 1 } : {}) },
        })),
        ...(band ? [{ name: band.name, look: { height: 8, border: 0, background: "var(--text-3)", opacity: 0.35 } }] : []),
      ]}
      actions={
        wide && (
          <button type="button" className="btn sm gho" aria-pressed={log} onClick={() => setLog(!log)}>
            Log
          </button>
        )
      }
      table={<CurvesTable times={times} curves={curves} show={show} unit={currency ?? "%"} />}
    >
      {(size) => (
        <CurvesPlot
          times={times}
          curves={curves}
          band={band}
          size={size}
          summary={summary}
          at={at}
          onMove={setAt}
          log={log && wide}
          percent={currency === null}
          marks={marks}
        />
      )}
    </ChartFigure>
  );
}

function CurvesTable({ times, curves, show, unit }: Pick<Props, "times" | "curves"> & { show: (v: number | undefined) => string; unit: string }) {
  return (
    <table className="tbl compact fits">
      <thead>
        <tr>
          <th scope="col">Time, UTC</th>
          {curves.map((c) => (
            <th scope="col" className="r" key={c.name}>
              {c.name}, {unit}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {tablePlaces(times.length).map((i) => (
          <tr key={times[i]}>
            <td>{utcDateTime(times[i] as number)}</td>
            {curves.map((c) => (
              <td className="r" key={c.name}>
                {show(c.values[i])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
