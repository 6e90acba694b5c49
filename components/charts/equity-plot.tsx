"use client";
import { useId } from "react";
import { formatDecimal } from "@/components/format/decimal-text";
import type { EquityPoint } from "./equity-chart";
import { gapsIn, linePath } from "./line-path";
import { InstantMark, TimePlot } from "./time-plot";
import type { Size } from "./use-size";

type Props = {
  readonly points: readonly EquityPoint[];
  readonly size: Size;
  readonly summary: string;
  /** The point under the crosshair, or null. */
  readonly at: number | null;
  readonly onMove: (index: number | null) => void;
  /** An instant that is marked by a line (ms). */
  readonly cutoff: number | null;
};

/** The drawn part of EquityChart. */
export function EquityPlot({ points, cutoff, ...frame }: Props) {
  const gradient = useId();
  const equity = points.map((p) => Number(p.equity));
  const hold = points.map((p) => Number(p.hold));
  const times = points.map((p) => p.t);
  const gaps = gapsIn(times);
  const [first, last] = [times[0] ?? 0, times.at(-1) ?? 0];
  return (
    <TimePlot {...frame} times={times} range={[equity, hold]} tickText={(v) => formatDecimal(v.toFixed(2), v >= 1000 ? 0 : 2)}>
      {({ scale, width, height, place }) => (
        <>
          <defs>
            <linearGradient id={gradient} x1="0" x2="0" y1="0" y2="1">
              <stop offset="0" stopColor="var(--accent)" stopOpacity=".16" />
              <stop offset="1" stopColor="var(--accent)" stopOpacity="0" />
            </linearGradient>
          </defs>
          <path d={`${linePath(equity, scale)}L${width} ${height}L0 ${height}Z`} fill={`url(#${gradient})`} />
          <path d={linePath(hold, scale, gaps)} fill="none" stroke="var(--chart-bench)" strokeWidth="1.25" strokeDasharray="4 4" />
          <path d={linePath(equity, scale, gaps)} fill="none" stroke="var(--accent)" strokeWidth="1.75" />
          {cutoff !== null && cutoff > first && cutoff <= last && (
            <InstantMark x={place(cutoff)} height={height} text="training ended" color="var(--text-2)" />
          )}
        </>
      )}
    </TimePlot>
  );
}
