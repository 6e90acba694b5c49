"use client";
import { formatDecimal, formatPercent } from "@/components/format/decimal-text";
import type { Band, Curve } from "./curves-chart";
import { linePath } from "./line-path";
import { InstantMark, TimePlot } from "./time-plot";
import type { Size } from "./use-size";

type Props = {
  readonly times: readonly number[];
  readonly curves: readonly Curve[];
  readonly band: Band | null;
  readonly size: Size;
  readonly summary: string;
  readonly at: number | null;
  readonly onMove: (index: number | null) => void;
  readonly log: boolean;
  readonly percent: boolean;
  readonly marks: readonly { readonly at: number; readonly text: string }[];
};

/** The drawn part of CurvesChart. */
export function CurvesPlot({ times, curves, band, log, percent, marks, ...frame }: Props) {
  const shown = curves.map((c) => (log ? c.values.map(Math.log) : c.values));
  const tickText = (v: number): string => (percent ? formatPercent(v.toFixed(8), 1) : formatDecimal(v.toFixed(2), v >= 1000 ? 0 : 2));
  return (
    <TimePlot {...frame} times={times} range={[...shown, ...(band && !log ? [band.low, band.high] : [])]} tickText={tickText} log={log}>
      {({ scale, height, place }) => (
        <>
          {band && !log && <path d={bandPath(band, place, scale.y)} fill="var(--text-3)" fillOpacity=".16" />}
          {marks.map((m) => (
            <InstantMark key={m.at} x={place(m.at)} height={height} text={m.text} color="var(--line-3)" />
          ))}
          {curves.map((c, i) => (
            <path
              key={c.name}
              d={linePath(shown[i] as readonly number[], scale)}
              fill="none"
              stroke={c.color}
              strokeWidth={c.kind === "own" ? 1.75 : c.kind === "bench" ? 1.25 : 1}
              {...(c.kind === "own" ? {} : { strokeDasharray: c.kind === "bench" ? "4 4" : "1 3" })}
            />
          ))}
        </>
      )}
    </TimePlot>
  );
}

/** Along the upper edge, and back along the lower one. */
function bandPath({ times, low, high }: Band, place: (t: number) => number, y: (v: number) => number): string {
  const point = (values: readonly number[]) => (i: number) => `${place(times[i] as number).toFixed(1)} ${y(values[i] as number).toFixed(1)}`;
  const all = [...times.keys()];
  return `M${[...all.map(point(high)), ...all.reverse().map(point(low))].join("L")}Z`;
}
