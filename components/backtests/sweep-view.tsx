"use client";
import { useState } from "react";
import { Select } from "@/components/ui/select";
import type { BacktestRow } from "@/server/api/contract/backtests";
import type { JobSpec, SweepOverfitting, SweepResult } from "@/server/backtest";
import { heatCells, type Measure, measureOf, neighbourMean, showMeasure } from "./heat-cells";
import { HeatMap } from "./heat-map";
import { OverfittingCard } from "./overfitting-card";
import { PointsTable } from "./points-table";
import { paramsWords } from "./words";

const MEASURES: readonly (readonly [Measure, string])[] = [
  ["sharpe", "Sharpe, a year"],
  ["return", "Net return"],
  ["calmar", "Calmar"],
  ["drawdown", "Deepest drawdown"],
  ["trades", "Trades"],
];

/** All settings of a sweep: two parameters as a heat map, and every point in a table. */
export function SweepView({
  result,
  job,
  row,
  overfitting,
}: {
  result: SweepResult;
  job: JobSpec;
  row: BacktestRow;
  overfitting: SweepOverfitting | null;
}) {
  const params = result.axes.map((a) => a.param);
  const [column, setColumn] = useState(params[0] ?? "");
  const [down, setDown] = useState<string | null>(params[1] ?? null);
  const [measure, setMeasure] = useState<Measure>("sharpe");
  const best = bestOf(result, measure);
  const [fixed, setFixed] = useState<Readonly<Record<string, number>>>(best?.params ?? {});
  const [chosen, setChosen] = useState<{ row: number; column: number } | null>(null);
  const others = result.axes.filter((a) => a.param !== column && a.param !== down);
  const cells = heatCells(result, { column, row: down }, fixed, measure);
  const place = chosen ?? placeOf(cells, measure);
  const around = place && neighbourMean(cells, place.row, place.column);
  const cell = place && cells[place.row]?.[place.column];
  const agent = job.kind === "sweep" ? job.spec.base.agents[0] : undefined;
  // One parameter cannot be both: the two change places.
  const across = (p: string) => {
    if (p === down) setDown(column);
    setColumn(p);
    setChosen(null);
  };
  const downwards = (p: string) => {
    if (p === column && down !== null) setColumn(down);
    setDown(p);
    setChosen(null);
  };
  const options = params.map((p) => [p, p] as const);
  return (
    <div className="grid">
      <section className="card s8" aria-label="Heat map">
        <div className="card-h">
          <h2>All settings</h2>
          <span className="sub">
            {result.points.filter((p) => p.refused === null).length} ran, {result.points.filter((p) => p.refused !== null).length} do not go together
          </span>
        </div>
        <div className="card-b stack g3">
          <div className="form-grid">
            <Select label="Shown" value={measure} onChange={(m) => setMeasure(m as Measure)} options={MEASURES} />
            <Select label="Across" value={column} onChange={across} options={options} />
            {down !== null && <Select label="Down" value={down} onChange={downwards} options={options} />}
            {others.map((a) => (
              <Select
                key={a.param}
                label={`${a.param} held at`}
                value={String(fixed[a.param] ?? a.values[0])}
                onChange={(v) => setFixed({ ...fixed, [a.param]: Number(v) })}
                options={a.values.map((v) => [String(v), String(v)] as const)}
              />
            ))}
          </div>
          <HeatMap
            cells={cells}
            columns={result.axes.find((a) => a.param === column)?.values ?? []}
            rows={down === null ? [] : (result.axes.find((a) => a.param === down)?.values ?? [])}
            column={column}
            row={down}
            measure={measure}
            chosen={place}
            onChoose={setChosen}
          />
          <p className="fs12 t3">
            Blue is better, ochre worse, an empty cell does not go together. Down: {down ?? "one row"}. Across: {column}. Net of fees and slippage.
          </p>
        </div>
      </section>
      <section className="card s4" aria-label="Chosen setting">
        <div className="card-h">
          <h2>{chosen ? "Chosen setting" : "Best setting"}</h2>
        </div>
        <div className="card-b stack g3">
          {cell?.point && cell.point.refused === null ? (
            <>
              <p className="med">{paramsWords(Object.fromEntries(params.map((p) => [p, cell.point?.params[p] ?? Number.NaN])))}</p>
              <dl className="kv">
                {MEASURES.map(([m, label]) => {
                  const value = cell.point ? measureOf(cell.point, m) : null;
                  return (
                    <div key={m} style={{ display: "contents" }}>
                      <dt>{label}</dt>
                      <dd className="num">{value === null ? "—" : showMeasure(value, m)}</dd>
                    </div>
                  );
                })}
              </dl>
              {around && cell.value !== null && (
                <p className="t2">
                  Its {around.count} {around.count === 1 ? "neighbour averages" : "neighbours average"} {showMeasure(around.mean, measure)}. A peak
                  that stands alone is more likely luck than a plateau.
                </p>
              )}
              <p className="fs12 t3">
                This is the best of {row.familyTrials} {row.familyTrials === 1 ? "trial" : "trials"} with {agent?.symbols.join(", ")}: the more were
                tried, the better the best one looks by chance.
              </p>
            </>
          ) : (
            <p className="t3">{cell?.point?.refused ?? "No setting has this figure."}</p>
          )}
        </div>
      </section>
      {overfitting && <OverfittingCard overfitting={overfitting} />}
      <PointsTable result={result} />
    </div>
  );
}

const better = (measure: Measure): 1 | -1 => (measure === "drawdown" ? -1 : 1);

function bestOf(result: SweepResult, measure: Measure) {
  let best: { params: Readonly<Record<string, number>>; value: number } | null = null;
  for (const p of result.points) {
    const value = measureOf(p, measure);
    if (value !== null && (best === null || better(measure) * (value - best.value) > 0)) best = { params: p.params, value };
  }
  return best;
}

function placeOf(cells: ReturnType<typeof heatCells>, measure: Measure): { row: number; column: number } | null {
  let best: { row: number; column: number; value: number } | null = null;
  for (const [row, line] of cells.entries())
    for (const [column, { value }] of line.entries())
      if (value !== null && (best === null || better(measure) * (value - best.value) > 0)) best = { row, column, value };
  return best;
}
