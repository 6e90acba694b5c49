"use client";
import type { ReactNode } from "react";
import { shortTime } from "@/components/format/time-text";
import { roundTicks, type Scale, scaleFor, timeScale } from "./line-path";
import type { Size } from "./use-size";

const AXIS = 60;
const FOOT = 20;
/** Arrow keys cross the longest chart in this many presses. */
const PRESSES = 200;

/** Where things are in the drawn part, in pixels. */
export type PlotArea = {
  readonly scale: Scale;
  readonly width: number;
  readonly height: number /** Of an instant (ms). */;
  readonly place: (t: number) => number;
};

type Props = {
  /** Instants of the values (ms, ascending). */
  readonly times: readonly number[];
  /** Everything that has to fit between bottom and top, on the axis's own scale. */
  readonly range: readonly (readonly number[])[];
  readonly size: Size;
  /** What the picture says, for who cannot see it. */
  readonly summary: string;
  /** Index under the crosshair, or null. */
  readonly at: number | null;
  readonly onMove: (index: number | null) => void;
  readonly tickText: (value: number) => string;
  /** The axis is logarithmic: `range` and what is drawn are logarithms. */
  readonly log?: boolean;
  readonly children: (area: PlotArea) => ReactNode;
};

/** The frame of a chart over time, in the pixels it has: grid, both axes, and a crosshair for pointer and arrow keys. */
export function TimePlot({ times, range, size, summary, at, onMove, tickText, log = false, children }: Props) {
  const width = Math.max(size.width - AXIS, 40);
  const height = Math.max(size.height - FOOT, 40);
  const along = timeScale(times, width);
  const scale = { ...scaleFor(range, width, height), x: along.x };
  const end = times.length - 1;
  const [first, last] = [times[0] ?? 0, times[end] ?? 0];
  const ticks = log ? roundTicks(Math.exp(scale.min), Math.exp(scale.max)) : roundTicks(scale.min, scale.max);
  const high = (tick: number): number => scale.y(log ? Math.log(tick) : tick);
  const moved = (key: string): boolean => {
    const index = at ?? end;
    const step = Math.max(1, Math.round(end / PRESSES));
    if (key === "ArrowLeft") onMove(Math.max(0, index - step));
    else if (key === "ArrowRight") onMove(Math.min(end, index + step));
    else if (key === "Home") onMove(0);
    else if (key === "End") onMove(end);
    else return false;
    return true;
  };
  return (
    <svg
      className="chart-svg"
      role="img"
      aria-label={summary}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the crosshair is moved with the keyboard
      tabIndex={0}
      onKeyDown={(e) => {
        if (moved(e.key)) e.preventDefault();
      }}
      onPointerMove={(e) => onMove(along.nearest((e.clientX - e.currentTarget.getBoundingClientRect().left) / width))}
      onPointerLeave={() => onMove(null)}
    >
      {ticks.map((v) => (
        <g key={v}>
          <line className="gl" x1="0" x2={width} y1={high(v)} y2={high(v)} />
          <text x={width + 8} y={high(v) + 4}>
            {tickText(v)}
          </text>
        </g>
      ))}
      {children({ scale, width, height, place: (t) => ((t - first) / (last - first || 1)) * width })}
      {at !== null && <line x1={scale.x(at)} x2={scale.x(at)} y1="0" y2={height} stroke="var(--chart-cross)" strokeDasharray="3 3" />}
      {(width < 420 ? [0, 0.5] : [0, 0.25, 0.5, 0.75]).map((f) => (
        <text key={f} x={f * width} y={height + 15}>
          {shortTime(first + f * (last - first), last)}
        </text>
      ))}
    </svg>
  );
}

/** An instant that matters: a line from top to bottom with its words. */
export const InstantMark = ({ x, height, text, color }: { x: number; height: number; text: string; color: string }) => (
  <g>
    <line x1={x} x2={x} y1="0" y2={height} stroke={color} strokeDasharray="2 3" />
    {text && (
      <text x={x + 4} y="12">
        {text}
      </text>
    )}
  </g>
);
