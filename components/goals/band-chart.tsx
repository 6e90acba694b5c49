"use client";
import { roundTicks } from "@/components/charts/line-path";
import { useSize } from "@/components/charts/use-size";
import { formatDecimal } from "@/components/format/decimal-text";
import { utcDate } from "@/components/format/time-text";
import type { GoalView } from "@/server/api/contract/goals";
import { amountText } from "./goal-words";

const AXIS = 60;
const FOOT = 20;

type Band = { readonly at: number[]; readonly lines: number[][] };
type Point = { readonly at: number; readonly value: number };

/** What was measured so far, then where nine of ten and half of the resampled futures lie; the target as a dashed line. */
export function BandChart({ goal, band, past }: { goal: GoalView; band: Band; past: readonly Point[] }) {
  const { ref, size } = useSize<HTMLDivElement>();
  return (
    <div ref={ref} className="goal-chart">
      {size && size.width > 0 && (
        <Plot goal={goal} band={band} past={past} width={Math.max(size.width - AXIS, 40)} height={Math.max(size.height - FOOT, 40)} />
      )}
    </div>
  );
}

function Plot({ goal, band, past, width, height }: { goal: GoalView; band: Band; past: readonly Point[]; width: number; height: number }) {
  const target = Number(goal.target);
  const ends = band.lines.map((l) => l.at(-1) ?? 0);
  const values = [...band.lines.flat(), ...past.map((p) => p.value), target];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = (high - low || 1) * 0.06;
  const y = (v: number): number => (1 - (v - (low - room)) / (high - low + 2 * room)) * height;
  const first = past[0]?.at ?? band.at[0] ?? 0;
  const span = (band.at.at(-1) ?? first) - first || 1;
  const x = (at: number): number => ((at - first) / span) * width;
  const place = (i: number): number => x(band.at[i] ?? first);
  const line = (l: readonly number[]): string => l.map((v, i) => `${i === 0 ? "M" : "L"}${place(i).toFixed(1)} ${y(v).toFixed(1)}`).join("");
  const area = (a: readonly number[], b: readonly number[]): string =>
    `${line(a)}${[...b]
      .map((v, i) => ({ v, i }))
      .reverse()
      .map(({ v, i }) => `L${place(i).toFixed(1)} ${y(v).toFixed(1)}`)
      .join("")}Z`;
  const [q5 = [], q25 = [], q50 = [], q75 = [], q95 = []] = band.lines;
  const { currency } = goal.node;
  const say = (v: number): string => amountText(v.toFixed(2), goal.unit, currency);
  const summary = `Forecast of ${goal.title} to ${utcDate(band.at.at(-1) ?? 0)}: half of the futures end between ${say(ends[1] ?? 0)} and ${say(ends[3] ?? 0)}, nine of ten between ${say(ends[0] ?? 0)} and ${say(ends[4] ?? 0)}; the target is ${say(target)}.`;
  return (
    <svg className="chart-svg" role="img" aria-label={summary} width={width + AXIS} height={height + FOOT}>
      {roundTicks(low, high).map((v) => (
        <g key={v}>
          <line className="gl" x1="0" x2={width} y1={y(v)} y2={y(v)} />
          <text x={width + 8} y={y(v) + 4}>
            {formatDecimal(v.toFixed(2), Math.abs(v) >= 1000 ? 0 : 2)}
          </text>
        </g>
      ))}
      <path d={area(q5, q95)} fill="var(--accent)" fillOpacity=".12" />
      <path d={area(q25, q75)} fill="var(--accent)" fillOpacity=".18" />
      <path d={line(q50)} fill="none" stroke="var(--accent)" strokeWidth="1.25" strokeDasharray="4 4" />
      <path
        d={past.map((p, i) => `${i === 0 ? "M" : "L"}${x(p.at).toFixed(1)} ${y(p.value).toFixed(1)}`).join("")}
        fill="none"
        stroke="var(--accent)"
        strokeWidth="1.75"
      />
      <line x1="0" x2={width} y1={y(target)} y2={y(target)} stroke="var(--text-2)" strokeDasharray="2 3" />
      <text x={4} y={Math.max(y(target) - 4, 10)}>
        target
      </text>
      <text x={0} y={height + 15}>
        {utcDate(first)}
      </text>
      <text x={width} y={height + 15} textAnchor="end">
        {utcDate(band.at.at(-1) ?? 0)}
      </text>
    </svg>
  );
}
