import { CurvesChart } from "@/components/charts/curves-chart";
import { Money, Unknown } from "@/components/format/number";
import { utcDate } from "@/components/format/time-text";
import type { WalkForwardResult } from "@/server/backtest";
import { DrawdownChart } from "./drawdown-chart";
import { Drawdown, Ratio, SignedReturn } from "./figures";
import { paramsWords, periodWords } from "./words";

const OBJECTIVE: Readonly<Record<string, string>> = { sharpe: "Sharpe ratio", return: "return", calmar: "Calmar ratio" };

/** Only what was traded out of sample counts; beside each window what looked best before it. */
export function WalkForwardView({ result }: { result: WalkForwardResult }) {
  const { performance: p, holdPerformance: h } = result;
  return (
    <>
      <section className="card strip" aria-label="Figures, out of sample">
        <div>
          <p className="fig-l">Net return, out of sample</p>
          <p className="fig-m">
            <SignedReturn figure={p.totalReturn} />
          </p>
          <p className="fs12 t3">
            <Money value={result.equity} unit={result.currency} /> from <Money value={result.capital} />
          </p>
        </div>
        <div>
          <p className="fig-l">Held instead</p>
          <p className="fig-m">
            <SignedReturn figure={h.totalReturn} />
          </p>
          <p className="fs12 t3">over the same windows</p>
        </div>
        <div>
          <p className="fig-l">Sharpe, a year</p>
          <p className="fig-m">
            <Ratio figure={p.sharpe} />
          </p>
          <p className="fs12 t3">
            hold <Ratio figure={h.sharpe} />
          </p>
        </div>
        <div>
          <p className="fig-l">Deepest drawdown</p>
          <p className="fig-m">
            <Drawdown depth={p.drawdown.depth} />
          </p>
          <p className="fs12 t3">
            hold <Drawdown depth={h.drawdown.depth} />
          </p>
        </div>
        <div>
          <p className="fig-l">Runs it took</p>
          <p className="fig-m num">{result.trials}</p>
          <p className="fs12 t3">each counts as a trial</p>
        </div>
      </section>
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
            <thead>
              <tr>
                <th scope="col">Chosen on</th>
                <th scope="col">Traded until</th>
                <th scope="col">Setting</th>
                <th scope="col" className="r">
                  In sample
                </th>
                <th scope="col" className="r">
                  Out of sample, %
                </th>
                <th scope="col" className="r">
                  Sharpe, a year
                </th>
                <th scope="col" className="r">
                  Buys
                </th>
                <th scope="col" className="r">
                  Equity after, {result.currency}
                </th>
              </tr>
            </thead>
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
