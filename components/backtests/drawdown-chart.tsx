"use client";
import { useSize } from "@/components/charts/use-size";
import { formatPercent } from "@/components/format/decimal-text";
import type { CurvePoint } from "@/server/backtest";

const AXIS = 60;
const HEIGHT = 70;

/** How far below its last peak the equity stood. Neutral: a drawdown is not a loss made. */
export function DrawdownChart({ points, depth, holdDepth }: { points: readonly CurvePoint[]; depth: number; holdDepth: number }) {
  const { ref, size } = useSize<HTMLDivElement>();
  const falls = fallsOf(points.map((p) => p.equity));
  const deepest = Math.max(...falls, 0.0001);
  const width = Math.max((size?.width ?? 0) - AXIS, 40);
  const [first, last] = [points[0]?.at ?? 0, points.at(-1)?.at ?? 1];
  const path = points
    .map((p, i) => `L${(((p.at - first) / (last - first || 1)) * width).toFixed(1)} ${((HEIGHT - 6) * ((falls[i] as number) / deepest)).toFixed(1)}`)
    .join("");
  return (
    <div style={{ padding: "0 16px 14px" }}>
      <p className="row between fs12 t3">
        <span>Drawdown from the last peak</span>
        <span className="num">hold's deepest {holdDepth === 0 ? "0.00 %" : `−${formatPercent(holdDepth.toFixed(8))}`}</span>
      </p>
      <div className="chart" ref={ref} style={{ height: HEIGHT }}>
        {size && (
          <svg role="img" aria-label={`Drawdown: the deepest fall from a peak was ${formatPercent(depth.toFixed(8))}.`}>
            <line className="gl" x1="0" x2={width} y1="0.5" y2="0.5" />
            <path d={`M0 0${path}L${width} 0Z`} fill="var(--text-3)" fillOpacity=".18" stroke="var(--text-3)" strokeWidth="1" />
            <text x={width + 8} y="10">
              0 %
            </text>
            <text x={width + 8} y={HEIGHT - 4}>
              −{formatPercent(deepest.toFixed(8), 1)}
            </text>
          </svg>
        )}
      </div>
    </div>
  );
}

function fallsOf(values: readonly number[]): readonly number[] {
  let peak = Number.NEGATIVE_INFINITY;
  return values.map((v) => {
    peak = Math.max(peak, v);
    return peak > 0 ? (peak - v) / peak : 0;
  });
}
