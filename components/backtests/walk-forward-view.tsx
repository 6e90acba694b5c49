import { CurvesChart } from "@/components/charts/curves-chart";
import { Money, Unknown } from "@/components/format/number";
import { utcDate } from "@/components/format/time-text";
import { FigureStrip } from "@/components/ui/figure-strip";
import { TableHead } from "@/components/ui/table-head";
import type { WalkForwardResult } from "@/server/backtest";
import { DrawdownChart } from "./drawdown-chart";
import { Ratio, SignedReturn } from "./figures";
import { drawdown, netReturn } from "./strip-figures";
import { paramsWords, periodWords } from "./words";

const OBJECTIVE: Readonly<Record<string, string>> = { sharpe: "Sharpe ratio", return: "return", calmar: "Calmar ratio" };

/** Only what was traded out of sample counts; beside each window what looked best before it. */
export function WalkForwardView({ result }: { result: WalkForwardResult }) {
  const { performance: p, holdPerformance: h } = result;
  return (
    <>
      <FigureStrip
        label="Figures, out of sample"
        figures={[
          netReturn("Net return, out of sample", result),
          { label: "Held instead", value: <SignedReturn figure={h.totalReturn} />, note: "over the same windows" },
          {
            label: "Sharpe, a year",
            value: <Ratio figure={p.sharpe} />,
            note: (
              <>
                hold <Ratio figure={h.sharpe} />
              </>
            ),
          },
          drawdown(result),
          { label: "Runs it took", value: <span className="num">{result.trials}</span>, note: "each counts as a trial" },
        ]}
      />
      <section className="card" aria-label="Equity, out of sample">
        <div className="card-h">
          <h2>Equity, out of sample</h2>
          <span className="sub">the windows one after the other; each dotted line is a new choice</span>
        </div>
        <CurvesChart
          times={result.curve.map((c) => c.at)}
          currency={result.currency}
          simulated={result.source.kind === "simulated"}
          marks={result.windows.map((w) => ({ at: w.split, text: "" }))}
          curves={[
            { name: "Out of sample", color: "var(--accent)", kind: "own", values: result.curve.map((c) => c.equity) },
            { name: "Held instead", color: "var(--chart-bench)", kind: "bench", values: result.curve.map((c) => c.hold) },
            { name: "Cash", color: "var(--text-3)", kind: "thin", values: result.curve.map(() => Number(result.capital)) },
          ]}
        />
        <DrawdownChart points={result.curve} depth={p.drawdown.depth} holdDepth={h.drawdown.depth} />
      </section>
      <section className="card" aria-label="Windows">
        <div className="card-h">
          <h2>Windows</h2>
          <span className="sub">chosen by the best {OBJECTIVE[result.objective] ?? result.objective} in sample</span>
        </div>
        <div className="tbl-w">
          <table className="tbl" data-testid="windows">
            <TableHead
              columns={[
                "Chosen on",
                "Traded until",
                "Setting",
                ["In sample", "r"],
                ["Out of sample, %", "r"],
                ["Sharpe, a year", "r"],
                ["Buys", "r"],
                [`Equity after, ${result.currency}`, "r"],
              ]}
            />
            <tbody>
              {result.windows.map((w) => (
                <tr key={w.split}>
                  <td className="nowrap">{periodWords(w.from, w.split)}</td>
                  <td className="nowrap">{utcDate(w.to)}</td>
                  <td>{w.chosen === null ? <span className="t3">none had a figure: not traded</span> : paramsWords(w.chosen)}</td>
                  <td className="r">
                    {w.inSample === null ? (
                      <Unknown reason="No setting had a figure" />
                    ) : result.objective === "return" ? (
                      <SignedReturn figure={w.inSample} />
                    ) : (
                      <Ratio figure={{ value: w.inSample, reason: null }} />
                    )}
                  </td>
                  <td className="r">
                    <SignedReturn figure={w.outOfSample.totalReturn} />
                  </td>
                  <td className="r">
                    <Ratio figure={w.outOfSample.sharpe} />
                  </td>
                  <td className="r t2">{w.trades}</td>
                  <td className="r">
                    <Money value={w.endEquity} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        <p className="fs12 t3" style={{ padding: "8px 16px 12px" }}>
          At the end of a window what is held is valued at the last price less the cost of selling it; the next window begins in cash.
        </p>
      </section>
    </>
  );
}
