"use client";
import { useState } from "react";
import { ChartFigure } from "@/components/charts/chart-figure";
import { linePath } from "@/components/charts/line-path";
import { TimePlot } from "@/components/charts/time-plot";
import type { Size } from "@/components/charts/use-size";
import { formatPercent } from "@/components/format/decimal-text";
import { shortTime, utcDateTime } from "@/components/format/time-text";
import type { EvidenceView } from "@/server/api/contract";

type Point = NonNullable<EvidenceView["curve"]>[number];
const growth = (x: number): string => formatPercent((x - 1).toFixed(6));

/** Growth since the record began, the matched hold's, and where such returns could have led in another order. The same figures as a table. */
export function GrowthChart({ points, name, level }: { points: readonly Point[]; name: string; level: number }) {
  const [at, setAt] = useState<number | null>(null);
  const last = points.at(-1);
  const point = points[Math.min(at ?? points.length - 1, points.length - 1)];
  if (!last || !point) return null;
  const band = `${formatPercent(String(level), 0)} of reshuffled paths`;
  const summary = `${name} ${growth(last.agent)}, its matched hold ${growth(last.hold)}; ${band} end between ${growth(last.low)} and ${growth(last.high)}.`;
  return (
    <ChartFigure
      height={240}
      when={`${shortTime(point.t, last.t)} UTC`}
      legend={[
        { name, value: growth(point.agent), look: { borderColor: "var(--accent)" } },
        { name: "Matched hold", value: growth(point.hold), className: "d", look: { borderColor: "var(--chart-bench)" } },
        { name: band, value: `${growth(point.low)} to ${growth(point.high)}`, className: "bnd", look: {} },
      ]}
      table={<GrowthTable points={points} />}
    >
      {(size) => <Plot points={points} size={size} summary={summary} at={at} onMove={setAt} />}
    </ChartFigure>
  );
}

const GrowthTable = ({ points }: { points: readonly Point[] }) => (
  <table className="tbl compact fits">
    <thead>
      <tr>
        <th scope="col">Time, UTC</th>
        {["Agent", "Matched hold", "Band"].map((name) => (
          <th scope="col" className="r" key={name}>
            {name}
          </th>
        ))}
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
);

type PlotProps = { points: readonly Point[]; size: Size; summary: string; at: number | null; onMove: (index: number | null) => void };

function Plot({ points, ...frame }: PlotProps) {
  const column = (pick: (p: Point) => number) => points.map(pick);
  const [agent, hold, low, high] = [column((p) => p.agent), column((p) => p.hold), column((p) => p.low), column((p) => p.high)];
  return (
    <TimePlot {...frame} times={points.map((p) => p.t)} range={[agent, hold, low, high]} tickText={(v) => formatPercent((v - 1).toFixed(6), 1)}>
      {({ scale }) => {
        const back = low.map((_, i) => low.length - 1 - i).map((i) => `L${scale.x(i).toFixed(1)} ${scale.y(low[i] as number).toFixed(1)}`);
        return (
          <>
            <path d={`${linePath(high, scale)}${back.join("")}Z`} className="band" />
            <path d={linePath(hold, scale)} fill="none" stroke="var(--chart-bench)" strokeWidth="1.25" strokeDasharray="4 4" />
            <path d={linePath(agent, scale)} fill="none" stroke="var(--accent)" strokeWidth="1.75" />
          </>
        );
      }}
    </TimePlot>
  );
}
