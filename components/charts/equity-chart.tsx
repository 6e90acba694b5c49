"use client";
import { useId, useState } from "react";
import { formatDecimal } from "@/components/ui/format";
import { formatFull, formatTime } from "@/components/ui/time";
import { linePath, roundTicks, scaleFor } from "./line-path";

export type EquityPoint = { readonly t: number; readonly equity: string; readonly hold: string };
const W = 720;
const H = 220;

/** Equity (solid) beside buy-and-hold on the same money (dashed). Arrow keys move the crosshair; the same figures as a table. */
export function EquityChart({
  points,
  currency,
  name,
  simulated,
}: {
  points: readonly EquityPoint[];
  currency: string;
  name: string;
  simulated: boolean;
}) {
  const [at, setAt] = useState<number | null>(null);
  const [table, setTable] = useState(false);
  const gradient = useId();
  if (points.length < 2)
    return (
      <p className="t3" style={{ padding: 16 }}>
        The curve begins with the second decision.
      </p>
    );
  const equity = points.map((p) => Number(p.equity));
  const hold = points.map((p) => Number(p.hold));
  const scale = scaleFor([equity, hold], W, H);
  const index = at ?? points.length - 1;
  const point = points[Math.min(index, points.length - 1)];
  const first = points[0];
  const last = points.at(-1);
  if (!point || !first || !last) return null;
  const summary = `${name}: ${formatDecimal(first.equity, 2)} to ${formatDecimal(last.equity, 2)} ${currency} from ${formatFull(first.t)} to ${formatFull(last.t)}; holding gave ${formatDecimal(last.hold, 2)} ${currency}.`;
  const key = (k: string) => {
    if (k === "ArrowLeft") setAt(Math.max(0, index - 1));
    else if (k === "ArrowRight") setAt(Math.min(points.length - 1, index + 1));
    else if (k === "Home") setAt(0);
    else if (k === "End") setAt(points.length - 1);
  };
  return (
    <div className="stack g2" style={{ padding: "0 16px 14px" }}>
      <div className="row wrap between">
        <div className="leg">
          <span>
            <i style={{ borderColor: "var(--accent)" }} />
            {name} <b className="num t1">{formatDecimal(point.equity, 2)}</b>
          </span>
          <span>
            <i className="d" style={{ borderColor: "var(--chart-bench)" }} />
            Held instead <b className="num t1">{formatDecimal(point.hold, 2)}</b>
          </span>
          <span className="t3 num">{formatTime(point.t, last.t)} UTC</span>
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
                <th>Time, UTC</th>
                <th className="r">Equity, {currency}</th>
                <th className="r">Held, {currency}</th>
              </tr>
            </thead>
            <tbody>
              {[...points]
                .reverse()
                .slice(0, 200)
                .map((p) => (
                  <tr key={p.t}>
                    <td>{formatFull(p.t)}</td>
                    <td className="r">{formatDecimal(p.equity, 2)}</td>
                    <td className="r">{formatDecimal(p.hold, 2)}</td>
                  </tr>
                ))}
            </tbody>
          </table>
        </div>
      ) : (
        <div className="chart" style={{ height: 240 }}>
          {simulated && (
            <span className="bdg m-sim" style={{ position: "absolute", left: 8, top: 4 }}>
              Simulated market
            </span>
          )}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the crosshair is moved with the keyboard */}
          <svg
            className="chart-svg"
            viewBox={`0 0 ${W + 64} ${H + 18}`}
            preserveAspectRatio="none"
            role="img"
            aria-label={summary}
            tabIndex={0}
            onKeyDown={(e) => key(e.key)}
            onPointerMove={(e) => {
              const box = e.currentTarget.getBoundingClientRect();
              setAt(
                Math.max(0, Math.min(points.length - 1, Math.round(((((e.clientX - box.left) / box.width) * (W + 64)) / W) * (points.length - 1)))),
              );
            }}
            onPointerLeave={() => setAt(null)}
          >
            <defs>
              <linearGradient id={gradient} x1="0" x2="0" y1="0" y2="1">
                <stop offset="0" stopColor="var(--accent)" stopOpacity=".16" />
                <stop offset="1" stopColor="var(--accent)" stopOpacity="0" />
              </linearGradient>
            </defs>
            {roundTicks(scale.min, scale.max).map((v) => (
              <g key={v}>
                <line className="gl" x1="0" x2={W} y1={scale.y(v)} y2={scale.y(v)} />
                <text x={W + 8} y={scale.y(v) + 4}>
                  {formatDecimal(v.toFixed(2), v >= 1000 ? 0 : 2)}
                </text>
              </g>
            ))}
            <path d={`${linePath(equity, scale)}L${W} ${H}L0 ${H}Z`} fill={`url(#${gradient})`} />
            <path
              d={linePath(hold, scale)}
              fill="none"
              stroke="var(--chart-bench)"
              strokeWidth="1.25"
              strokeDasharray="4 4"
              vectorEffect="non-scaling-stroke"
            />
            <path d={linePath(equity, scale)} fill="none" stroke="var(--accent)" strokeWidth="1.75" vectorEffect="non-scaling-stroke" />
            {at !== null && <line x1={scale.x(index)} x2={scale.x(index)} y1="0" y2={H} stroke="var(--chart-cross)" strokeDasharray="3 3" />}
            {[0, 0.25, 0.5, 0.75].map((f) => {
              const p = points[Math.floor(f * (points.length - 1))];
              return p ? (
                <text key={f} x={f * W} y={H + 14}>
                  {formatTime(p.t, last.t)}
                </text>
              ) : null;
            })}
          </svg>
        </div>
      )}
    </div>
  );
}
