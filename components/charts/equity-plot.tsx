"use client";
import { useId } from "react";
import { formatDecimal } from "@/components/format/decimal-text";
import { shortTime } from "@/components/format/time-text";
import type { EquityPoint } from "./equity-chart";
import { gapsIn, linePath, roundTicks, scaleFor, timeScale } from "./line-path";
import type { Size } from "./use-size";

const AXIS = 60;
const FOOT = 20;

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

/** The drawn part, in the pixels it has: text keeps its shape at every width. */
export function EquityPlot({ points, size, summary, at, onMove, cutoff }: Props) {
  const gradient = useId();
  const width = Math.max(size.width - AXIS, 40);
  const height = Math.max(size.height - FOOT, 40);
  const equity = points.map((p) => Number(p.equity));
  const hold = points.map((p) => Number(p.hold));
  const times = points.map((p) => p.t);
  const along = timeScale(times, width);
  const gaps = gapsIn(times);
  const scale = { ...scaleFor([equity, hold], width, height), x: along.x };
  const end = points.length - 1;
  const lastTime = points[end]?.t ?? 0;
  const across = (t: number): number => ((t - (times[0] ?? 0)) / (lastTime - (times[0] ?? 0) || 1)) * width;
  const labels = width < 420 ? [0, 0.5] : [0, 0.25, 0.5, 0.75];
  const key = (k: string) => {
    const index = at ?? end;
    if (k === "ArrowLeft") onMove(Math.max(0, index - 1));
    else if (k === "ArrowRight") onMove(Math.min(end, index + 1));
    else if (k === "Home") onMove(0);
    else if (k === "End") onMove(end);
  };
  return (
    <svg
      className="chart-svg"
      role="img"
      aria-label={summary}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the crosshair is moved with the keyboard
      tabIndex={0}
      onKeyDown={(e) => key(e.key)}
      onPointerMove={(e) => {
        const share = (e.clientX - e.currentTarget.getBoundingClientRect().left) / width;
        onMove(along.nearest(share));
      }}
      onPointerLeave={() => onMove(null)}
    >
      <defs>
        <linearGradient id={gradient} x1="0" x2="0" y1="0" y2="1">
          <stop offset="0" stopColor="var(--accent)" stopOpacity=".16" />
          <stop offset="1" stopColor="var(--accent)" stopOpacity="0" />
        </linearGradient>
      </defs>
      {roundTicks(scale.min, scale.max).map((v) => (
        <g key={v}>
          <line className="gl" x1="0" x2={width} y1={scale.y(v)} y2={scale.y(v)} />
          <text x={width + 8} y={scale.y(v) + 4}>
            {formatDecimal(v.toFixed(2), v >= 1000 ? 0 : 2)}
          </text>
        </g>
      ))}
      <path d={`${linePath(equity, scale)}L${width} ${height}L0 ${height}Z`} fill={`url(#${gradient})`} />
      <path d={linePath(hold, scale, gaps)} fill="none" stroke="var(--chart-bench)" strokeWidth="1.25" strokeDasharray="4 4" />
      <path d={linePath(equity, scale, gaps)} fill="none" stroke="var(--accent)" strokeWidth="1.75" />
      {cutoff !== null && cutoff > (times[0] ?? 0) && cutoff <= lastTime && (
        <g>
          <line x1={across(cutoff)} x2={across(cutoff)} y1="0" y2={height} stroke="var(--text-2)" strokeDasharray="2 3" />
          <text x={across(cutoff) + 4} y={12}>
            training ended
          </text>
        </g>
      )}
      {at !== null && <line x1={scale.x(at)} x2={scale.x(at)} y1="0" y2={height} stroke="var(--chart-cross)" strokeDasharray="3 3" />}
      {labels.map((f) => {
        const first = times[0] ?? 0;
        return (
          <text key={f} x={f * width} y={height + 15}>
            {shortTime(first + f * (lastTime - first), lastTime)}
          </text>
        );
      })}
    </svg>
  );
}
