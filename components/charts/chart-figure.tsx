"use client";
import { type CSSProperties, type ReactNode, useState } from "react";
import { type Size, useSize } from "./use-size";

/** One line of the legend: what is drawn like this, and its value under the crosshair. */
export type LegendItem = { readonly name: string; readonly value?: string; readonly className?: string; readonly look: CSSProperties };

type Props = {
  readonly legend: readonly LegendItem[];
  /** The moment that the legend's values are of. */
  readonly when: string;
  readonly simulated?: boolean;
  /** Height of the drawing (px); it grows where there is room. */
  readonly height: number;
  readonly actions?: ReactNode;
  readonly table: ReactNode;
  /** Words below the drawing. */
  readonly foot?: ReactNode;
  readonly style?: CSSProperties;
  readonly children: (size: Size) => ReactNode;
};

/** A drawing with its legend, and the same figures as a table behind a button. */
export function ChartFigure({ legend, when, simulated = false, height, actions, table, foot, style, children }: Props) {
  const { ref, size } = useSize<HTMLDivElement>();
  const [asTable, setAsTable] = useState(false);
  return (
    <div className="stack g2 grow" {...(style ? { style } : {})}>
      <div className="row wrap between">
        <div className="leg">
          {legend.map(({ name, value, className, look }) => (
            <span key={name}>
              <i {...(className ? { className } : {})} style={look} />
              {name} {value !== undefined && <b className="num t1">{value}</b>}
            </span>
          ))}
          <span className="t3 num">{when}</span>
        </div>
        <span className="row">
          {actions}
          <button type="button" className="btn sm gho" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {asTable ? "Show as chart" : "Show as table"}
          </button>
        </span>
      </div>
      {asTable ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
        <section className="tbl-w" style={{ maxHeight: height, overflow: "auto" }} tabIndex={0} aria-label="The figures as a table">
          {table}
        </section>
      ) : (
        <div className="chart grow" ref={ref} style={{ minHeight: height }}>
          {simulated && (
            <span className="bdg m-sim" style={{ position: "absolute", left: 8, top: 4 }}>
              Simulated market
            </span>
          )}
          {size && children(size)}
        </div>
      )}
      {foot}
    </div>
  );
}

/** Rows of a chart's table, newest first: at most `most`, evenly taken, the last always among them. */
export function tablePlaces(count: number, most = 200): number[] {
  const every = Math.max(1, Math.ceil(count / most));
  return Array.from({ length: count }, (_, i) => i)
    .filter((i) => i % every === 0 || i === count - 1)
    .reverse();
}
