"use client";
import { type HeatCell, type Measure, showMeasure } from "./heat-cells";

type Place = { readonly row: number; readonly column: number };
type Props = {
  readonly cells: readonly (readonly HeatCell[])[];
  readonly columns: readonly number[];
  readonly rows: readonly number[];
  readonly column: string;
  readonly row: string | null;
  readonly measure: Measure;
  readonly chosen: Place | null;
  readonly onChoose: (place: Place) => void;
};

/** A table of figures, shaded blue for better and ochre for worse; every cell prints its number. */
export function HeatMap({ cells, columns, rows, column, row, measure, chosen, onChoose }: Props) {
  const values = cells.flat().flatMap((c) => (c.value === null ? [] : [c.value]));
  const middle = measure === "drawdown" || measure === "trades" ? (Math.min(...values) + Math.max(...values)) / 2 : 0;
  const reach = Math.max(1e-12, ...values.map((v) => Math.abs(v - middle)));
  const shade = (value: number): string => {
    const share = ((value - middle) / reach) * (measure === "drawdown" ? -1 : 1);
    return `rgb(var(${share >= 0 ? "--heat-pos" : "--heat-neg"}) / ${(Math.abs(share) * 0.4).toFixed(2)})`;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a part that scrolls must be reachable by keyboard
    <section className="tbl-w" tabIndex={0} aria-label={`Heat map of ${column}${row ? ` and ${row}` : ""}`}>
      <table className="heat" data-testid="heat-map">
        <thead>
          <tr>
            <th scope="col" className="t3 fs12">
              {row ?? ""}
            </th>
            {columns.map((c) => (
              <th scope="col" key={c} className="t3 fs12 num">
                {c}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {cells.map((line, r) => (
            <tr key={rows[r] ?? "only"}>
              <th scope="row" className="t3 fs12 num">
                {rows[r] ?? ""}
              </th>
              {line.map((cell, c) => {
                const on = chosen?.row === r && chosen.column === c;
                return (
                  <td key={columns[c]}>
                    <button
                      type="button"
                      className="heat-c num"
                      aria-pressed={on}
                      aria-label={`${column} ${columns[c]}${row ? `, ${row} ${rows[r]}` : ""}: ${cell.value === null ? (cell.point?.refused ?? "no figure") : showMeasure(cell.value, measure)}`}
                      style={cell.value === null ? undefined : { background: shade(cell.value) }}
                      onClick={() => onChoose({ row: r, column: c })}
                    >
                      {cell.value === null ? "" : showMeasure(cell.value, measure)}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
