"use client";
import { useState } from "react";
import { ChartFigure, tablePlaces } from "@/components/charts/chart-figure";
import { TimePlot } from "@/components/charts/time-plot";
import { formatDecimal } from "@/components/format/decimal-text";
import { shortTime, utcDate, utcDateTime } from "@/components/format/time-text";
import type { GoalView } from "@/server/api/contract/goals";
import { amountText } from "./goal-words";

const HEIGHT = 190;
/** The lines of a band: these shares of the resampled futures lie below them. */
const SHARES = ["5 %", "25 %", "middle", "75 %", "95 %"] as const;

type Band = { readonly at: readonly number[]; readonly lines: readonly (readonly number[])[] };
type Point = { readonly at: number; readonly value: number };
/** An instant: what was measured then, or what the resampled futures say of it (as SHARES). */
type Moment = { readonly at: number; readonly value: number | null; readonly futures: readonly number[] | null };

const momentsOf = (band: Band, past: readonly Point[]): Moment[] =>
  [
    ...past.map((p): Moment => ({ at: p.at, value: p.value, futures: null })),
    ...band.at.map((at, i): Moment => ({ at, value: null, futures: band.lines.map((l) => l[i] ?? 0) })),
  ].sort((a, b) => a.at - b.at);

/** What was measured so far, then where nine of ten and half of the resampled futures lie; the target as a dashed line. */
export function BandChart({ goal, band, past }: { goal: GoalView; band: Band; past: readonly Point[] }) {
  const [at, setAt] = useState<number | null>(null);
  const moments = momentsOf(band, past);
  const times = moments.map((m) => m.at);
  const target = Number(goal.target);
  const { currency } = goal.node;
  const say = (v: number | undefined): string => amountText((v ?? 0).toFixed(2), goal.unit, currency);
  const [q5 = [], q25 = [], q50 = [], q75 = [], q95 = []] = band.lines;
  const moment = moments[Math.min(at ?? times.length - 1, times.length - 1)];
  const last = times.at(-1) ?? 0;
  const futures = moment?.futures;
  const between = (a: number, b: number): string => (futures ? `${say(futures[a])} – ${say(futures[b])}` : "—");
  const summary = `Forecast of ${goal.title} to ${utcDate(last)}: half of the futures end between ${say(q25.at(-1))} and ${say(q75.at(-1))}, nine of ten between ${say(q5.at(-1))} and ${say(q95.at(-1))}; the target is ${say(target)}.`;
  const block = (opacity: number) => ({ height: 8, border: 0, background: "var(--accent)", opacity });
  return (
    <ChartFigure
      height={HEIGHT}
      when={`${shortTime(moment?.at ?? last, last)} UTC`}
      legend={[
        { name: "Measured", value: moment?.value === null ? "—" : say(moment?.value), look: { borderColor: "var(--accent)" } },
        { name: "Middle of the futures", value: futures ? say(futures[2]) : "—", className: "d", look: { borderColor: "var(--accent)" } },
        { name: "Half of them", value: between(1, 3), look: block(0.4) },
        { name: "Nine of ten", value: between(0, 4), look: block(0.2) },
        { name: "Target", value: say(target), className: "d", look: { borderColor: "var(--text-2)" } },
      ]}
      table={<MomentsTable moments={moments} say={say} />}
    >
      {(size) => (
        <TimePlot
          times={times}
          range={[...band.lines, past.map((p) => p.value), [target]]}
          size={size}
          summary={summary}
          at={at}
          onMove={setAt}
          tickText={(v) => formatDecimal(v.toFixed(2), Math.abs(v) >= 1000 ? 0 : 2)}
        >
          {({ scale, width, place }) => {
            const point = (t: number, v: number): string => `${place(t).toFixed(1)} ${scale.y(v).toFixed(1)}`;
            const points = (values: readonly number[]): string[] => values.map((v, i) => point(band.at[i] ?? 0, v));
            const area = (low: readonly number[], high: readonly number[]): string => `M${[...points(high), ...points(low).reverse()].join("L")}Z`;
            return (
              <>
                <path d={area(q5, q95)} fill="var(--accent)" fillOpacity=".12" />
                <path d={area(q25, q75)} fill="var(--accent)" fillOpacity=".18" />
                <path d={`M${points(q50).join("L")}`} fill="none" stroke="var(--accent)" strokeWidth="1.25" strokeDasharray="4 4" />
                {past.length > 0 && (
                  <path d={`M${past.map((p) => point(p.at, p.value)).join("L")}`} fill="none" stroke="var(--accent)" strokeWidth="1.75" />
                )}
                <line x1="0" x2={width} y1={scale.y(target)} y2={scale.y(target)} stroke="var(--text-2)" strokeDasharray="2 3" />
                <text x={4} y={Math.max(scale.y(target) - 4, 10)}>
                  target
                </text>
              </>
            );
          }}
        </TimePlot>
      )}
    </ChartFigure>
  );
}

function MomentsTable({ moments, say }: { moments: readonly Moment[]; say: (v: number | undefined) => string }) {
  return (
    <table className="tbl compact fits">
      <thead>
        <tr>
          <th scope="col">Time, UTC</th>
          <th scope="col" className="r">
            Measured
          </th>
          {SHARES.map((s) => (
            <th scope="col" className="r" key={s}>
              {s === "middle" ? "Middle" : `${s} lie below`}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {tablePlaces(moments.length).map((i) => {
          const m = moments[i] as Moment;
          return (
            <tr key={`${m.at} ${m.futures ? "future" : "past"}`}>
              <td>{utcDateTime(m.at)}</td>
              <td className="r">{m.value === null ? "—" : say(m.value)}</td>
              {SHARES.map((s, k) => (
                <td className="r" key={s}>
                  {m.futures ? say(m.futures[k]) : "—"}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
