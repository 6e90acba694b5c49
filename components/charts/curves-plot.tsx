"use client";
import { formatDecimal, formatPercent } from "@/components/format/decimal-text";
import { shortTime } from "@/components/format/time-text";
import type { Band, Curve } from "./curves-chart";
import { linePath, roundTicks, scaleFor, timeScale } from "./line-path";
import type { Size } from "./use-size";

const AXIS = 60;
const FOOT = 20;

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

/** The drawn part of CurvesChart, in the pixels it has. */
export function CurvesPlot({ times, curves, band, size, summary, at, onMove, log, percent, marks }: Props) {
  const width = Math.max(size.width - AXIS, 40);
  const height = Math.max(size.height - FOOT, 40);
  const bend = (v: number): number => (log ? Math.log(v) : v);
  const along = timeScale(times, width);
  const shown = curves.map((c) => c.values.map(bend));
  const range = band && !log ? [band.low, band.high] : [];
  const scale = { ...scaleFor([...shown, ...range], width, height), x: along.x };
  const [first, last] = [times[0] as number, times.at(-1) as number];
  const place = (t: number): number => ((t - first) / (last - first || 1)) * width;
  const end = times.length - 1;
  const label = (v: number): string => (percent ? formatPercent(v.toFixed(8), 1) : formatDecimal(v.toFixed(2), v >= 1000 ? 0 : 2));
  const ticks = log ? roundTicks(Math.exp(scale.min), Math.exp(scale.max)) : roundTicks(scale.min, scale.max);
  const labels = width < 420 ? [0, 0.5] : [0, 0.25, 0.5, 0.75];
  const key = (k: string): boolean => {
    const index = at ?? end;
    const step = Math.max(1, Math.round(end / 200));
    if (k === "ArrowLeft") onMove(Math.max(0, index - step));
    else if (k === "ArrowRight") onMove(Math.min(end, index + step));
    else if (k === "Home") onMove(0);
    else if (k === "End") onMove(end);
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
        if (key(e.key)) e.preventDefault();
      }}
      onPointerMove={(e) => onMove(along.nearest((e.clientX - e.currentTarget.getBoundingClientRect().left) / width))}
      onPointerLeave={() => onMove(null)}
    >
      {ticks.map((v) => (
        <g key={v}>
          <line className="gl" x1="0" x2={width} y1={scale.y(bend(v))} y2={scale.y(bend(v))} />
          <text x={width + 8} y={scale.y(bend(v)) + 4}>
            {label(v)}
          </text>
        </g>
      ))}
      {band && !log && (
        <path
          d={`${band.times.map((t, i) => `${i === 0 ? "M" : "L"}${place(t).toFixed(1)} ${scale.y(band.high[i] as number).toFixed(1)}`).join("")}${[
            ...band.times.keys(),
          ]
            .reverse()
            .map((i) => `L${place(band.times[i] as number).toFixed(1)} ${scale.y(band.low[i] as number).toFixed(1)}`)
            .join("")}Z`}
          fill="var(--text-3)"
          fillOpacity=".16"
        />
      )}
      {marks.map((m) => (
        <g key={m.at}>
          <line x1={place(m.at)} x2={place(m.at)} y1="0" y2={height} stroke="var(--line-3)" strokeDasharray="2 3" />
          {m.text && (
            <text x={place(m.at) + 4} y="12">
              {m.text}
            </text>
          )}
        </g>
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
      {at !== null && <line x1={scale.x(at)} x2={scale.x(at)} y1="0" y2={height} stroke="var(--chart-cross)" strokeDasharray="3 3" />}
      {labels.map((f) => (
        <text key={f} x={f * width} y={height + 15}>
          {shortTime(first + f * (last - first), last)}
        </text>
      ))}
    </svg>
  );
}
