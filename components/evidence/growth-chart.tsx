"use client";
import { useState } from "react";
import { linePath, roundTicks, scaleFor, timeScale } from "@/components/charts/line-path";
import { useSize } from "@/components/charts/use-size";
import { formatPercent } from "@/components/format/decimal-text";
import { shortTime, utcDateTime } from "@/components/format/time-text";
import type { EvidenceView } from "@/server/api/contract";

const AXIS = 60;
const FOOT = 20;
type Point = NonNullable<EvidenceView["curve"]>[number];
const growth = (x: number): string => formatPercent((x - 1).toFixed(6));

/** Growth since the record began, the matched hold's, and where such returns could have led in another order. The same figures as a table. */
export function GrowthChart({ points, name, level }: { points: readonly Point[]; name: string; level: number }) {
  const { ref, size } = useSize<HTMLDivElement>();
  const [at, setAt] = useState<number | null>(null);
  const [table, setTable] = useState(false);
  const last = points.at(-1);
  const point = points[Math.min(at ?? points.length - 1, points.length - 1)];
  if (!last || !point) return null;
  const band = `${formatPercent(String(level), 0)} of reshuffled paths`;
  const summary = `${name} ${growth(last.agent)}, its matched hold ${growth(last.hold)}; ${band} end between ${growth(last.low)} and ${growth(last.high)}.`;
  return (
    <div className="stack g2">
      <div className="row wrap between">
        <div className="leg">
          <span>
            <i style={{ borderColor: "var(--accent)" }} />
            {name} <b className="num t1">{growth(point.agent)}</b>
          </span>
          <span>
            <i className="d" style={{ borderColor: "var(--chart-bench)" }} />
            Matched hold <b className="num t1">{growth(point.hold)}</b>
          </span>
          <span>
            <i className="bnd" />
            {band}{" "}
            <b className="num t1">
              {growth(point.low)} to {growth(point.high)}
            </b>
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
                <th>Time</th>
                <th className="r">Agent</th>
                <th className="r">Matched hold</th>
                <th className="r">Band</th>
              </tr>
            </thead>
            <tbody>
              {points.toReversed().map((p) => (
                <tr key={p.t}>
                  <td>{utcDateTime(p.t)}</td>
                  <td className="r">{growth(p.agent)}</td>
                  <td className="r">{growth(p.hold)}</td>
                  <td className="r">
                    {growth(p.low)} to {growth(p.high)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div className="chart" ref={ref} style={{ height: 240 }}>
          {size && <Plot points={points} width={size.width} height={size.height} summary={summary} at={at} onMove={setAt} />}
        </div>
      )}
    </div>
  );
}

function Plot({
  points,
  summary,
  at,
  onMove,
  ...size
}: {
  points: readonly Point[];
  width: number;
  height: number;
  summary: string;
  at: number | null;
  onMove: (index: number | null) => void;
}) {
  const width = Math.max(size.width - AXIS, 40);
  const height = Math.max(size.height - FOOT, 40);
  const column = (pick: (p: Point) => number) => points.map(pick);
  const [agent, hold, low, high] = [column((p) => p.agent), column((p) => p.hold), column((p) => p.low), column((p) => p.high)];
  const along = timeScale(
    points.map((p) => p.t),
    width,
  );
  const scale = { ...scaleFor([agent, hold, low, high], width, height), x: along.x };
  const end = points.length - 1;
  const [first, last] = [points[0]?.t ?? 0, points[end]?.t ?? 0];
  const back = low.map((_, i) => end - i).map((i) => `L${scale.x(i).toFixed(1)} ${scale.y(low[i] as number).toFixed(1)}`);
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
      onPointerMove={(e) => onMove(along.nearest((e.clientX - e.currentTarget.getBoundingClientRect().left) / width))}
      onPointerLeave={() => onMove(null)}
    >
      {roundTicks(scale.min, scale.max).map((v) => (
        <g key={v}>
          <line className="gl" x1="0" x2={width} y1={scale.y(v)} y2={scale.y(v)} />
          <text x={width + 8} y={scale.y(v) + 4}>
            {formatPercent((v - 1).toFixed(6), 1)}
          </text>
        </g>
      ))}
      <path d={`${linePath(high, scale)}${back.join("")}Z`} className="band" />
      <path d={linePath(hold, scale)} fill="none" stroke="var(--chart-bench)" strokeWidth="1.25" strokeDasharray="4 4" />
      <path d={linePath(agent, scale)} fill="none" stroke="var(--accent)" strokeWidth="1.75" />
      {at !== null && <line x1={scale.x(at)} x2={scale.x(at)} y1="0" y2={height} stroke="var(--chart-cross)" strokeDasharray="3 3" />}
      {(width < 420 ? [0, 0.5] : [0, 0.25, 0.5, 0.75]).map((f) => (
        <text key={f} x={f * width} y={height + 15}>
          {shortTime(first + f * (last - first), last)}
        </text>
      ))}
    </svg>
  );
}
